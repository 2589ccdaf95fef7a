"""What a label carries: /s/7K4Q, as short as an address can be."""

from django.urls import path

from inventory.views import scan

urlpatterns = [path("s/<str:code>", scan.scan, name="scan")]
