"""双告知与一件事在部门这边的地址。"""

from django.urls import path

from shilong.web.office import joint_views

urlpatterns = [
    path("prompts/", joint_views.listing, name="prompts"),
    path("prompts/export.xlsx", joint_views.export, name="prompts-export"),
    path("prompts/import/", joint_views.imports, name="prompts-import"),
    path("prompts/import/template.xlsx", joint_views.template, name="prompts-template"),
    path("prompts/import/<uuid:uid>/", joint_views.batch, name="prompts-batch"),
    path("prompts/<uuid:uid>/<slug:move>/", joint_views.move, name="prompt-move"),
]
