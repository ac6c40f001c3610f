"""The browsable description of the API, served from our own files and without inline scripts."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class ApiDocs(SpectacularSwaggerSplitView):
    template_name = "config/api_docs.html"
