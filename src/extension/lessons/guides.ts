/** Questions and lessons alike: packets to trace one after the other, each with what it shows. */
import { lessonWords } from './lessonWords.ts';
import { lessons } from './lessons.ts';
import type { Step } from './stories.ts';
import { stories } from './stories.ts';
import { storyWords } from './storyWords.ts';

/** A question of *Open Sample*, or a lesson. */
export interface Guided {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
  /** What each step shows. */
  readonly texts: readonly string[];
}

/** The lessons, in their order. */
export function guidedLessons(): readonly Guided[] {
  const words = lessonWords();
  return lessons.map(({ id, steps }) => ({ id: `lesson:${id}`, steps, ...words[id] }));
}

/** The questions, in the order of the pick. */
export function guidedStories(): readonly Guided[] {
  const words = storyWords();
  return stories.map((story) => ({
    id: story.id,
    title: words[story.id].label,
    steps: [story, ...(story.tryNext === undefined ? [] : [story.tryNext])],
    texts: words[story.id].texts,
  }));
}

/** By its id; undefined for one that there is not (any more). */
export function guidedBy(id: string): Guided | undefined {
  return [...guidedStories(), ...guidedLessons()].find((each) => each.id === id);
}
