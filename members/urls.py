from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from members.views.glossary import glossary

urlpatterns: list[URLPattern | URLResolver] = [path("glossary/", glossary, name="glossary")]
