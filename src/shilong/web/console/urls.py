"""系统管理：账号、组织、角色、审计、基础数据、外部系统、作业、事项、表单。"""

from django.urls import path

from shilong.web.console import accounts_views, audit_views, catalog_urls, forms_urls, home_views, roles_views, settings_views, system_views

app_name = "console"
urlpatterns = [
    path("", home_views.home, name="home"),
    path("accounts/", accounts_views.accounts, name="accounts"),
    path("accounts/new/", accounts_views.new_account, name="account-new"),
    path("accounts/<int:account_id>/<slug:action>/", accounts_views.change_account, name="account-change"),
    path("departments/", accounts_views.departments, name="departments"),
    path("departments/<slug:key>/active/", accounts_views.department_active, name="department-active"),
    path("sessions/", accounts_views.session_list, name="sessions"),
    path("sessions/<int:sign_in_id>/kick/", accounts_views.kick, name="kick"),
    path("roles/", roles_views.role_list, name="roles"),
    path("roles/<int:account_id>/", roles_views.role_page, name="role"),
    path("roles/<int:account_id>/<slug:action>/", roles_views.change, name="role-change"),
    path("audit/", audit_views.log, name="audit"),
    path("audit/verify/", audit_views.verify, name="audit-verify"),
    path("calendar/", settings_views.calendars, name="calendar"),
    path("calendar/<int:year>/", settings_views.year_page, name="year"),
    path("codes/", settings_views.code_tables, name="codes"),
    path("codes/<slug:key>/", settings_views.code_table, name="code"),
    path("numbering/", settings_views.number_rules, name="numbering"),
    path("adapters/", system_views.adapter_list, name="adapters"),
    path("adapters/<slug:key>/", system_views.adapter_page, name="adapter"),
    path("adapters/<slug:key>/test/", system_views.adapter_test, name="adapter-test"),
    path("jobs/", system_views.job_list, name="jobs"),
    path("jobs/<int:job_id>/<slug:action>/", system_views.job_change, name="job-change"),
    path("outbox/", system_views.outbox, name="outbox"),
    *catalog_urls.urlpatterns,
    *forms_urls.urlpatterns,
]
