-- Who hears a fact: a JSON array of people's ids; NULL is everyone. Judged when the fact was made.
ALTER TABLE events ADD COLUMN hearers TEXT CHECK (hearers IS NULL OR ops = '[]');
