from django.urls import path

from nozzly.home.views import account, mail, sign_in, sign_up, team

app_name = "accounts"
urlpatterns = [
    path("", account.profile, name="profile"),
    path("name/", account.change_name, name="change_name"),
    path("password/", account.change_password, name="change_password"),
    path("second-factor/on/", account.switch_on_second_factor, name="switch_on_second_factor"),
    path("second-factor/off/", account.switch_off_second_factor, name="switch_off_second_factor"),
    path("browsers/<int:pk>/end/", account.end_sign_in, name="end_sign_in"),
    path("browsers/end-others/", account.end_other_sign_ins, name="end_other_sign_ins"),
    path("mail/", mail.sent_mail, name="sent_mail"),
    path("sign-in/", sign_in.SignIn.as_view(), name="login"),
    path("sign-in/code/", sign_in.second_step, name="second_factor"),
    path("sign-out/", sign_in.sign_out, name="logout"),
    path("first-sign-in/<str:token>/", sign_up.first_sign_in, name="first_sign_in"),
    path("forgot-password/", sign_in.ForgotPassword.as_view(), name="forgot_password"),
    path("forgot-password/sent/", sign_in.ForgotPasswordSent.as_view(), name="forgot_password_sent"),
    path("new-password/<uidb64>/<token>/", sign_in.NewPassword.as_view(), name="new_password"),
    path("team/", team.member_list, name="member_list"),
    path("team/invite/", team.invite, name="invite"),
    path("team/invitations/<int:pk>/revoke/", team.revoke_invitation, name="revoke_invitation"),
    path("team/<int:pk>/role/", team.change_role, name="change_role"),
    path("team/<int:pk>/suspend/", team.suspend_person, name="suspend_person"),
    path("team/<int:pk>/restore/", team.restore_person, name="restore_person"),
    path("join/<uuid:token>/", team.join, name="join"),
]
