"""Films: shots are found, each is coloured steadily, and sound and subtitles come along."""
