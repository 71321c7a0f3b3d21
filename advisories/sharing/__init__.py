"""From a report to what is shared of it: looked through for what tells who reported it, handed on, looked at by a
second person, agreed to by whoever reported it. Only then is it released."""
