// Reads one calendar from standard input with ical.js, by its own VTIMEZONE alone, and says as JSON what it understood.
import { readFileSync } from "node:fs";

import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
ICAL.TimezoneService.reset(); // it knows no zone but those that the calendar brings
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);

const utc = (time) => new Date(time.toUnixTime() * 1000).toISOString();
const said = (component, name) => component.getFirstPropertyValue(name)?.toString() ?? "";
const events = calendar.getAllSubcomponents("vevent").map((vevent) => {
  const event = new ICAL.Event(vevent);
  return {
    uid: event.uid,
    sequence: event.sequence,
    start: utc(event.startDate),
    end: utc(event.endDate),
    local: event.startDate.toString(),
    zone: event.startDate.zone.tzid,
    summary: event.summary,
    place: event.location ?? "",
    words: event.description ?? "",
    url: said(vevent, "url"),
    status: said(vevent, "status"),
    organiser: said(vevent, "organizer"),
    attendees: event.attendees.map((one) => one.getFirstValue()),
  };
});
console.log(JSON.stringify({ method: said(calendar, "method"), name: said(calendar, "x-wr-calname"), events }));
