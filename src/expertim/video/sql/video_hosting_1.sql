-- Zoom lets one host run one meeting at a time. Two ranges, because without an extension only ranges can be excluded
-- together with a range; two hosts of the same number would only stand in each other's way.
ALTER TABLE video_hosting ADD CONSTRAINT video_one_meeting_a_host EXCLUDE USING gist (
    int8range(hashtextextended(host, 0), hashtextextended(host, 0), '[]') WITH &&,
    tstzrange(begins, ends) WITH &&
);
