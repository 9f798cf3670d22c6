"""Who somebody is: names, sign-in, sessions, preferences, mails to people."""
