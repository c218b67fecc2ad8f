"""门户：群众与企业看到的地址。"""

from django.urls import include, path

from shilong.web.portal import case_views, home_views, me_views

app_name = "portal"
urlpatterns = [
    path("", home_views.home, name="home"),
    path("topics/board/", home_views.topics, name="home-topics"),
    path("progress/", home_views.progress, name="progress"),
    path("publicity/", home_views.publicity, name="publicity"),
    path("help/", home_views.help_page, name="help"),
    path("privacy/", home_views.privacy, name="privacy"),
    path("messages/", me_views.messages_page, name="messages"),
    path("me/", me_views.centre, name="me"),
    path("me/drafts/", me_views.drafts, name="drafts"),
    path("me/cases/", case_views.cases_page, name="cases"),
    path("me/cases/<str:case_no>/", case_views.case_page, name="case"),
    path("me/cases/<str:case_no>/resubmit/", case_views.resubmit, name="resubmit"),
    path("me/cases/<str:case_no>/late/", case_views.late, name="late"),
    path("me/cases/<str:case_no>/withdraw/", case_views.withdraw, name="withdraw"),
    path("", include("shilong.web.portal.licences_urls")),
    path("", include("shilong.web.portal.booking_urls")),
    path("apply/", include("shilong.web.portal.apply_urls")),
    path("", include("shilong.web.portal.catalog_urls")),
]
