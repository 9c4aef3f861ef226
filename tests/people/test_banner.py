"""The wide picture on top of an expert's page: made anew like a photo, an expert's own, gone with its address."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from expertim.people import photos
from expertim.people.models import Banner, Photo
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.people.test_photo import picture
from tests.world import World, world

pytestmark = pytest.mark.usefixtures("database", "clock")
PAGE = "/settings/photo/banner/"


def send(visitor: Visitor, content: bytes) -> Any:
    return visitor.client.post(PAGE, {"photo": SimpleUploadedFile("me.jpg", content)})


def page_of(w: World) -> str:
    return f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/"


def address_of(w: World) -> str:
    return f"/photo/{w.expert.public_id}/{Banner.objects.get(person=w.expert).version}/banner.webp"


@pytest.fixture
def w() -> World:
    made = world()
    made.expert.refresh_from_db()  # whether somebody advises is the database's own
    return made


def test_a_banner_stands_on_the_experts_page_without_what_was_written_beside_it(w: World) -> None:
    expert = Visitor(w.expert)
    exif = Image.Exif()
    exif[0x010E] = "Where I live"
    sent = picture(size=(3000, 900), exif=exif)
    assert b"Where I live" in sent
    assert send(expert, sent)["Location"] == "/settings/offer/"
    assert f'src="{address_of(w)}"' in text_of(Visitor(w.user).get(page_of(w)))
    served = Client().get(address_of(w))
    assert served["Content-Type"] == "image/webp"
    assert b"Where I live" not in served.content
    assert Image.open(io.BytesIO(served.content)).size == photos.BANNER
    assert not Photo.objects.filter(person=w.expert).exists()


def test_a_new_banner_has_a_new_address_and_a_removed_one_none(w: World) -> None:
    expert = Visitor(w.expert)
    send(expert, picture())
    former = address_of(w)
    send(expert, picture(colour=(1, 2, 3)))
    assert Client().get(former).status_code == 404
    now = address_of(w)
    expert.post(PAGE, {"do": "remove"})
    assert Client().get(now).status_code == 404
    assert 'class="banner"' not in text_of(Visitor(w.user).get(page_of(w)))


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "Choose a picture first."), (b"GIF89a", "no picture that we can open")]
)
def test_what_is_no_picture_is_refused_in_words_and_the_former_stays(w: World, content: bytes, told: str) -> None:
    expert = Visitor(w.expert)
    send(expert, picture())
    former = address_of(w)
    answer = send(expert, content)
    assert (answer.status_code, told in words_of(answer)) == (422, True)
    assert address_of(w) == former


def test_a_file_is_too_large_for_this_page_sooner_than_for_us(w: World) -> None:
    expert = Visitor(w.expert)
    assert send(expert, b"x" * (photos.LARGEST_UPLOAD + 1)).status_code == 422
    assert send(expert, b"x" * (photos.LARGEST_UPLOAD + (65 << 10))).status_code == 413


def test_who_is_no_expert_has_no_such_page(w: World) -> None:
    assert send(Visitor(w.user), picture()).status_code == 404
    assert not Banner.objects.filter(person=w.user).exists()
