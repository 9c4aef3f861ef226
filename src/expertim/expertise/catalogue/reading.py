"""A catalogue file becomes rows, or every fault of it with its line. Asks no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from yaml.nodes import Node, SequenceNode

from expertim.expertise.catalogue import values
from expertim.expertise.catalogue.rows import (
    Catalogue,
    ExpertEntry,
    ExpertiseEntry,
    Known,
    PersonEntry,
    ReasonEntry,
    ServiceEntry,
    SkillEntry,
)
from expertim.foundation.lined import Faulty, Fields, Lined, Wrong, compose, line_of, plain_text, yes_no


def read_catalogue(source: bytes, *, known: Known) -> Catalogue:
    """The rows of a file that may refer to what is `known`. Raises Faulty with every fault."""
    file = Lined()
    parts = file.fields(compose(source), allowed=("expertises", "reject_reasons", "people", "experts"))
    if parts is None:
        raise Faulty(file.faults)
    reading = _Reading(
        file=file, skills={slug: set(skills) for slug, skills in known.skills.items()}, people=set(known.people)
    )
    # In this order wherever they stand: people's wishes and experts refer to what comes before.
    catalogue = Catalogue(
        expertises=tuple(filter(None, [reading.expertise(node) for node in parts.items("expertises")])),
        reject_reasons=tuple(filter(None, [reading.reason(node) for node in parts.items("reject_reasons")])),
        people=tuple(filter(None, [reading.person(node) for node in parts.items("people")])),
        experts=tuple(filter(None, [reading.expert(node) for node in parts.items("experts")])),
    )
    if file.faults:
        raise Faulty(file.faults)
    return catalogue


@dataclass(slots=True)
class _Reading:
    """One pass over a file. An entry with a fault is still registered, so that nothing that refers to it is blamed."""

    file: Lined
    skills: dict[str, set[str]]  # by Expertise, known and read so far
    people: set[str]
    seen: dict[str, set[object]] = field(default_factory=dict)

    def _once(self, fields: Fields, kind: str, key: str, value: object) -> None:
        fields.once(key, value, self.seen.setdefault(kind, set()))

    def expertise(self, node: Node) -> ExpertiseEntry | None:
        allowed = ("slug", "name", "introduction", "policy", "skills")
        fields = self.file.fields(node, allowed=allowed, needed=("slug", "name"))
        if fields is None:
            return None
        slug, name = fields.read("slug", values.slug), fields.read("name", values.name)
        self._once(fields, "expertise", "slug", slug)
        skills = self._skills(fields, slug or "")
        introduction, policy = fields.read("introduction", values.long_text), self._policy(fields)
        if slug is None or name is None:
            return None
        return ExpertiseEntry(slug=slug, name=name, introduction=introduction, policy=policy, skills=skills)

    def _policy(self, fields: Fields) -> dict[str, int | Decimal]:
        if "policy" not in fields.found:
            return {}
        policy = self.file.fields(fields.found["policy"], allowed=tuple(values.POLICY_READERS))
        if policy is None:
            return {}
        read = {key: policy.read(key, values.POLICY_READERS[key]) for key in policy.found}
        return {key: value for key, value in read.items() if value is not None}

    def _skills(self, fields: Fields, expertise: str) -> tuple[SkillEntry, ...]:
        entries: list[SkillEntry] = []
        known = self.skills.setdefault(expertise, set())
        for node in fields.items("skills"):
            skill = self.file.fields(node, allowed=("slug", "name"), needed=("slug", "name"))
            if skill is None:
                continue
            slug, name = skill.read("slug", values.slug), skill.read("name", values.name)
            self._once(skill, f"skill of {expertise}", "slug", slug)
            if slug is not None:
                known.add(slug)
            if slug is not None and name is not None:
                entries.append(SkillEntry(slug=slug, name=name))
        return tuple(entries)

    def reason(self, node: Node) -> ReasonEntry | None:
        fields = self.file.fields(node, allowed=("code", "text", "active"), needed=("code", "text"))
        if fields is None:
            return None
        code, text = fields.read("code", values.slug), fields.read("text", values.name)
        active = fields.read("active", yes_no)
        self._once(fields, "reason", "code", code)
        return None if code is None or text is None else ReasonEntry(code=code, text=text, active=active)

    def person(self, node: Node) -> PersonEntry | None:
        allowed = (
            *("email", "name", "time_zone", "date_format", "language", "credits", "operator", "active"),
            *("password", "wishes"),
        )
        fields = self.file.fields(node, allowed=allowed, needed=("email", "name"))
        if fields is None:
            return None
        email, name = fields.read("email", values.email), fields.read("name", values.person_name)
        self._once(fields, "person", "email", email)
        if email is not None:
            self.people.add(email)
        entry = PersonEntry(
            email=email or "",
            name=name or "",
            time_zone=fields.read("time_zone", values.time_zone),
            date_format=fields.read("date_format", values.date_format),
            language=fields.read("language", values.language),
            credits=fields.read("credits", values.opening),
            operator=fields.read("operator", yes_no),
            active=fields.read("active", yes_no),
            password=fields.read("password", values.password),
            wishes=self._wishes(fields),
        )
        return None if email is None or name is None else entry

    def _wishes(self, fields: Fields) -> tuple[tuple[str, str], ...] | None:
        if "wishes" not in fields.found:
            return None
        wishes = [self.file.read(node, self._wish) for node in fields.items("wishes")]
        return tuple(dict.fromkeys(wish for wish in wishes if wish is not None))

    def _wish(self, node: Node) -> tuple[str, str]:
        expertise, slash, skill = plain_text(node).partition("/")
        if not slash:
            raise Wrong(_("A wish is written as Expertise/skill."))
        self._require_skill(expertise, skill)
        return expertise, skill

    def _require_skill(self, expertise: str, skill: str) -> None:
        if expertise not in self.skills:
            raise Wrong(_("There is no Expertise “{slug}”.").format(slug=expertise))
        if skill not in self.skills[expertise]:
            raise Wrong(
                _("The Expertise “{expertise}” has no skill “{skill}”.").format(expertise=expertise, skill=skill)
            )

    def expert(self, node: Node) -> ExpertEntry | None:
        allowed = ("person", "expertise", "headline", "introduction", "skills", "active", "services")
        fields = self.file.fields(node, allowed=allowed, needed=("person", "expertise"))
        if fields is None:
            return None
        person, expertise = fields.read("person", self._known_person), fields.read("expertise", self._known_expertise)
        if person is not None and expertise is not None:
            self._once(fields, "expert", "person", (person, expertise))
        entry = ExpertEntry(
            person=person or "",
            expertise=expertise or "",
            headline=fields.read("headline", values.name),
            introduction=fields.read("introduction", values.long_text),
            skills=self._chosen_skills(fields, expertise),
            active=fields.read("active", yes_no),
            services=self._services(fields, expertise, of=f"the expert of line {line_of(node)}"),
        )
        return None if person is None or expertise is None else entry

    def _known_person(self, node: Node) -> str:
        email = values.email(node)
        if email not in self.people:
            raise Wrong(_("There is no person “{email}”.").format(email=email))
        return email

    def _known_expertise(self, node: Node) -> str:
        slug = values.slug(node)
        if slug not in self.skills:
            raise Wrong(_("There is no Expertise “{slug}”.").format(slug=slug))
        return slug

    def _chosen_skills(self, fields: Fields, expertise: str | None) -> tuple[str, ...] | None:
        """Slugs of skills of that Expertise; where the Expertise itself is a fault, they are not judged."""
        if "skills" not in fields.found:
            return None

        def chosen(node: Node) -> str:
            slug = values.slug(node)
            if expertise is not None:
                self._require_skill(expertise, slug)
            return slug

        slugs = [self.file.read(node, chosen) for node in fields.items("skills")]
        return tuple(dict.fromkeys(slug for slug in slugs if slug is not None))

    def _services(self, fields: Fields, expertise: str | None, *, of: str) -> tuple[ServiceEntry, ...]:
        return tuple(filter(None, [self._service(node, expertise, of=of) for node in fields.items("services")]))

    def _service(self, node: Node, expertise: str | None, *, of: str) -> ServiceEntry | None:
        needed = ("slug", "kind", "title", "minutes", "price", "skills")
        fields = self.file.fields(node, allowed=(*needed, "active"), needed=needed)
        if fields is None:
            return None
        slug, kind = fields.read("slug", values.slug), fields.read("kind", values.slug)
        title, minutes = fields.read("title", values.name), fields.read("minutes", values.minutes)
        price, skills = fields.read("price", values.price), self._chosen_skills(fields, expertise)
        active = fields.read("active", yes_no)
        self._once(fields, f"service of {of}", "slug", slug)
        served = fields.found.get("skills")
        if isinstance(served, SequenceNode) and not served.value and active is not False:
            self.file.fault(served, _("A service that is offered serves at least one skill."))
        if slug is None or kind is None or title is None or minutes is None or price is None or skills is None:
            return None
        return ServiceEntry(
            slug=slug, kind=kind, title=title, minutes=minutes, price=price, skills=skills, active=active
        )
