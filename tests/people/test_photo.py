"""A photo is made anew: nothing of what was sent is kept but how it looks; what is no photo is refused in words."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from expertim.people import photos
from expertim.people.models import Person, Photo
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.world import in_, person, world

pytestmark = pytest.mark.usefixtures("database", "clock")
UPLOAD = "/settings/photo/"


def picture(kind: str = "JPEG", size: tuple[int, int] = (300, 200), colour: Any = (200, 30, 30), **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(made, kind, **more)
    return made.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says it is as large as that."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def send(visitor: Visitor, content: bytes, name: str = "me.jpg") -> Any:
    return visitor.client.post(UPLOAD, {"photo": SimpleUploadedFile(name, content)})


def address_of(who: Person, pixels: int = 128) -> str:
    who.refresh_from_db()
    return f"/photo/{who.public_id}/{who.photo}/{pixels}.webp"


def test_a_photo_is_served_in_its_sizes_without_what_was_written_beside_it() -> None:
    visitor = Visitor(person("alice"))
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "taken at 50.0755 N", 6  # a description; turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture(size=(400, 200), exif=exif, comment=b"secret words")
    assert b"50.0755" in sent
    assert send(visitor, sent)["Location"] == "/settings/profile/"
    for pixels in photos.SIZES:
        answer = Client().get(address_of(visitor.person, pixels))
        assert answer["Content-Type"] == "image/webp"
        assert "immutable" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        shown = Image.open(io.BytesIO(answer.content))
        assert (shown.format, shown.size) == ("WEBP", (pixels, pixels))
        assert not shown.getexif()
        assert not {b"50.0755", b"secret words", b"EXIF", b"ICCP", b"XMP "} & {
            mark for mark in (b"50.0755", b"secret words", b"EXIF", b"ICCP", b"XMP ") if mark in answer.content
        }


def test_a_new_photo_has_a_new_address_and_the_former_leads_nowhere() -> None:
    visitor = Visitor(person("alice"))
    send(visitor, picture())
    former = address_of(visitor.person)
    send(visitor, picture("PNG", colour=(0, 0, 0, 0)))
    now = address_of(visitor.person)
    assert now != former
    assert Client().get(former).status_code == 404
    assert Image.open(io.BytesIO(Client().get(now).content)).getpixel((64, 64)) == (255, 255, 255)
    assert Photo.objects.filter(person=visitor.person).count() == len(photos.SIZES)
    visitor.post(UPLOAD, {"do": "remove"})
    assert Client().get(now).status_code == 404
    assert not Photo.objects.filter(person=visitor.person).exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Choose a picture first"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no picture that we can open"),
        (b"GIF89a" + b"\0" * 50, "no picture that we can open"),
        (picture()[:500], "no picture that we can open"),
        (b"\xff\xd8\xff\xe0" + b"junk" * 50, "no picture that we can open"),
        (bomb(40_000, 40_000), "too many pixels"),
        (bomb(65_000, 65_000), "too many pixels"),
    ],
    ids=["nothing", "svg", "gif", "half", "junk", "bomb", "larger bomb"],
)
def test_what_is_no_photo_is_refused_in_words_and_the_former_stays(content: bytes, told: str) -> None:
    visitor = Visitor(person("alice"))
    send(visitor, picture())
    former = address_of(visitor.person)
    answer = send(visitor, content)
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert address_of(visitor.person) == former


def test_a_decoder_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_PATIENCE", 0.001)
    answer = send(Visitor(person("alice")), picture())
    assert (answer.status_code, "took too long" in words_of(answer)) == (422, True)


def test_86_a_file_is_too_large_for_this_page_and_sooner_for_every_other() -> None:
    visitor = Visitor(person("alice"))
    assert send(visitor, b"x" * (photos.LARGEST_UPLOAD + (65 << 10))).status_code == 413
    assert send(visitor, b"x" * (photos.LARGEST_UPLOAD + 1)).status_code == 422
    file = SimpleUploadedFile("me.jpg", b"x" * 300_000)
    assert visitor.client.post("/settings/", {"photo": file}).status_code == 413


def test_a_photo_stands_beside_the_name_and_initials_where_there_is_none() -> None:
    place = world()
    send(Visitor(place.user), picture())
    meeting = place.propose(start=in_(hours=50))
    expert = Visitor(place.expert)
    for page in ("/meetings/", f"/meetings/{meeting}/", f"/people/{place.user.public_id}/"):
        assert f"/photo/{place.user.public_id}/" in text_of(expert.get(page)), page
    seen = text_of(Visitor(place.user).get("/meetings/"))
    assert '<span class="face small" aria-hidden="true">E</span>' in seen
    assert f"/photo/{place.user.public_id}/" in Visitor(place.user).get("/meetings/").content.decode()  # the header's


@pytest.mark.parametrize("address", ["/photo/x/y/64.webp", "/photo/a%00b/c/64.webp", "/photo/x//64.webp"])
def test_an_address_that_somebody_made_up_leads_nowhere(address: str) -> None:
    assert Client().get(address).status_code == 404
    nobody = person("alice")
    assert Client().get(f"/photo/{nobody.public_id}/{nobody.photo or '-'}/64.webp").status_code == 404
