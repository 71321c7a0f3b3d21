"""Where people and organisations want to be reached: registered, proved, changed and taken off by themselves."""
