"""Films: shots are found, each is colored steadily, and sound and subtitles come along."""
