"""By what projects are found."""

from django.db.models import prefetch_related_objects

from core.search import Description, searchable
from crm.searchable import keys_in, lent_by, names_of
from projects.models import Project


@searchable("project", 4, Project)
def _projects(projects):
    prefetch_related_objects(projects, "park")
    known = names_of({project.company_id for project in projects})
    return [
        Description(
            names=(project.name,),
            spoken=(project.name,),
            texts=tuple(filter(None, (project.code, project.legal_entity_name, project.legal_entity_code))),
            scopes=keys_in(project.park.path),
            family=project.company_id,
            **lent_by(known[project.company_id][0]),
        )
        for project in projects
    ]
