"""Copy the few browser files the pages use out of node_modules; both folders are ignored by git."""

import shutil

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

FILES = {
    "echarts/dist/echarts.min.js": "echarts.min.js",
}


class Command(BaseCommand):
    help = "Copy browser libraries from node_modules to static/lib."
    requires_system_checks = []

    def handle(self, **options) -> None:
        source, target = settings.BASE_DIR / "node_modules", settings.BASE_DIR / "static" / "lib"
        if missing := [name for name in FILES if not (source / name).is_file()]:
            raise CommandError(f"Not in node_modules: {', '.join(missing)}. Run `npm ci` first.")
        target.mkdir(parents=True, exist_ok=True)
        for name, copy in FILES.items():
            shutil.copyfile(source / name, target / copy)
