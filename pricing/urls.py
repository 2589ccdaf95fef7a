from django.urls import path

from pricing.views import channels, compare, exchange, fairs, grid, listings, products, quotes, sheets, shipping

app_name = "pricing"

urlpatterns = [
    path("compare/", compare.compare_page, name="compare"),
    path("compare/products/<int:pk>/", products.product_page, name="product"),
    path("compare/products/<int:pk>/prices/", products.set_prices, name="set_prices"),
    path("compare/grid/", grid.PriceGrid.as_view(), name="price_grid"),
    path("compare/grid/reprice/", grid.reprice, name="reprice"),
    path("compare/grid/apply/", grid.apply_prices, name="apply_prices"),
    path("compare/alarms/", grid.AlarmList.as_view(), name="alarm_list"),
    path("compare/alarms/check/", grid.check_margins, name="check_margins"),
    path("compare/alarms/<int:pk>/clear/", grid.clear_alarm, name="clear_alarm"),
    # Fairs
    path("compare/fairs/", fairs.EventList.as_view(), name="event_list"),
    path("compare/fairs/new/", fairs.EventFormPage.as_view(), name="create_event"),
    path("compare/fairs/<int:pk>/", fairs.EventDetail.as_view(), name="event_detail"),
    path("compare/fairs/<int:pk>/edit/", fairs.EventFormPage.as_view(), name="edit_event"),
    path("compare/fairs/<int:pk>/delete/", fairs.DeleteEvent.as_view(), name="delete_event"),
    # Channels and their fees
    path("channels/", channels.ChannelList.as_view(), name="channel_list"),
    path("channels/new/", channels.NewChannel.as_view(), name="create_channel"),
    path("channels/exchange/", exchange.ExchangeList.as_view(), name="exchange_list"),
    path("channels/exchange/add/", exchange.add_exchange, name="add_exchange"),
    path("channels/exchange/set/", exchange.set_exchange, name="set_exchange"),
    path("channels/<int:pk>/", channels.channel_detail, name="channel_detail"),
    path("channels/<int:pk>/edit/", channels.EditChannel.as_view(), name="edit_channel"),
    path("channels/<int:pk>/rates/", channels.set_rate, name="set_rate"),
    path("channels/<int:pk>/archive/", channels.ArchiveChannel.as_view(), name="archive_channel"),
    path("channels/<int:pk>/restore/", channels.restore_channel, name="restore_channel"),
    path("channels/rates/<int:pk>/drop/", channels.DropRate.as_view(), name="drop_rate"),
    # Listings
    path("channels/listings/", listings.ListingList.as_view(), name="listing_list"),
    path("channels/listings/import/", listings.import_listings, name="import_listings"),
    path("channels/listings/<int:pk>/", listings.ListingDetail.as_view(), name="listing_detail"),
    path("channels/listings/<int:pk>/end/", listings.EndListing.as_view(), name="end_listing"),
    # Post
    path("channels/shipping/", shipping.ShippingServiceList.as_view(), name="shipping_service_list"),
    path("channels/shipping/new/", shipping.ShippingServiceFormPage.as_view(), name="create_shipping_service"),
    path("channels/shipping/<int:pk>/", shipping.ShippingServiceFormPage.as_view(), name="edit_shipping_service"),
    path(
        "channels/shipping/<int:pk>/archive/",
        shipping.ArchiveShippingService.as_view(),
        name="archive_shipping_service",
    ),
    # Quotes for custom jobs
    path("quotes/", quotes.QuoteList.as_view(), name="quote_list"),
    path("quotes/new/", quotes.NewQuote.as_view(), name="create_quote"),
    path("quotes/<int:pk>/", quotes.quote_detail, name="quote_detail"),
    path("quotes/<int:pk>/edit/", quotes.EditQuote.as_view(), name="edit_quote"),
    path("quotes/<int:pk>/discard/", quotes.DiscardQuote.as_view(), name="discard_quote"),
    path("quotes/<int:pk>/margin/", quotes.set_margin, name="set_quote_margin"),
    path("quotes/<int:pk>/pdf/", quotes.quote_paper, name="quote_pdf"),
    path("quotes/<int:pk>/send/", quotes.send_quote, name="send_quote"),
    path("quotes/<int:pk>/reopen/", quotes.reopen_quote, name="reopen_quote"),
    path("quotes/<int:pk>/decline/", quotes.decline_quote, name="decline_quote"),
    path("quotes/<int:pk>/accept/", quotes.accept_quote, name="accept_quote"),
    # Price sheets
    path("sheets/", sheets.PriceSheetList.as_view(), name="price_sheet_list"),
    path("sheets/new/", sheets.PriceSheetFormPage.as_view(), name="create_price_sheet"),
    path("sheets/<int:pk>/", sheets.price_sheet_detail, name="price_sheet_detail"),
    path("sheets/<int:pk>/edit/", sheets.PriceSheetFormPage.as_view(), name="edit_price_sheet"),
    path("sheets/<int:pk>/delete/", sheets.DeletePriceSheet.as_view(), name="delete_price_sheet"),
    path("sheets/<int:pk>/pdf/", sheets.price_sheet_pdf, name="price_sheet_pdf"),
    path("sheets/<int:pk>/make/", sheets.make_price_sheet, name="make_price_sheet"),
    path("sheets/<int:pk>/table.csv", sheets.price_sheet_table, {"kind": "csv"}, name="price_sheet_csv"),
    path("sheets/<int:pk>/table.xlsx", sheets.price_sheet_table, {"kind": "xlsx"}, name="price_sheet_xlsx"),
]
