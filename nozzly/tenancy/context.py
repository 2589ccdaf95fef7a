"""What every template may know of the workspace."""

from nozzly.tenancy.current import workspace_or_none


def workspace(request):
    return {"workspace": workspace_or_none()}
