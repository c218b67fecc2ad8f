"""好差评：规则、评价器的地址。"""

from django.urls import path

from shilong.web.console import ratings_views as views

urlpatterns = [
    path("rating-policy/", views.policy, name="rating-policy"),
    path("rating-terminals/", views.terminals, name="rating-terminals"),
    path("rating-terminals/<int:pk>/<slug:action>/", views.terminal_change, name="rating-terminal-change"),
]
