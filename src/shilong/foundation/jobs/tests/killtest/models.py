from django.db import models


class Tally(models.Model):
    """每消费一次加一行：少了是丢，多了是重。"""

    kind = models.CharField(max_length=20)
    number = models.IntegerField()

    class Meta:
        app_label = "killtest"

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
