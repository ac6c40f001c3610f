"""Keep the Chinese catalogue: gather texts, fill in translations, compile, or check that nothing is missing."""

import json
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import catalogue

LOCALE = "zh_Hans"


class Command(BaseCommand):
    help = "Gather the texts of code and templates into the Chinese catalogue and compile it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fill", metavar="FILE", help='a JSON file of {"English": "中文"} to take over')
        parser.add_argument("--check", action="store_true", help="write nothing; fail where a translation is missing")
        parser.add_argument("--missing", action="store_true", help="also list the texts without a translation")
        parser.add_argument("--prune", action="store_true", help="drop translations whose text is gone")
        parser.add_argument("--compile", action="store_true", help="only compile what is there")

    def handle(self, **options) -> None:
        file = settings.BASE_DIR / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
        if options["compile"]:
            catalogue.compile_catalogue(file)
            return
        filled = _translations(options["fill"]) if options["fill"] else {}
        with catalogue.locked(file.parent):
            texts, unasked = catalogue.merged(_texts(), catalogue.read(file, LOCALE), filled)
            wrong = catalogue.faults(texts)
            if options["check"]:
                self._check(wrong)
                return
            changed = catalogue.write(texts, file, keep_obsolete=not options["prune"])
            catalogue.compile_catalogue(file)
        if unasked:
            self.stdout.write(f"{len(unasked)} given translations belong to no text yet: {unasked}")
        if options["missing"]:
            self.stdout.write("\n".join(wrong))
        self.stdout.write(
            f"{len(texts)} texts, {len(wrong)} incomplete, catalogue {'written' if changed else 'unchanged'}"
        )

    def _check(self, wrong: list[str]) -> None:
        if wrong:
            raise CommandError("\n".join([f"{len(wrong)} texts are incomplete in Chinese:", *wrong]))
        self.stdout.write("The Chinese catalogue is complete.")


def _texts() -> catalogue.Catalog:
    root = settings.BASE_DIR
    code = [root / "config", *(Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == root)]
    templates = [root / "templates", *(folder / "templates" for folder in code)]
    return catalogue.extracted(root, code=code, templates=templates, locale=LOCALE)


def _translations(file: str) -> dict[str, str]:
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"{file}: {problem}") from problem
