/** Events of components, with typed details. They bubble out of shadow roots, up to the panel. */

export interface TypedEvents<Details> {
  readonly emit: <Name extends keyof Details & string>(
    from: HTMLElement,
    name: Name,
    detail: Details[Name],
  ) => void;
  /** Listens on `target` for one event of the components in it. */
  readonly listen: <Name extends keyof Details & string>(
    target: EventTarget,
    name: Name,
    listener: (detail: Details[Name]) => void,
  ) => void;
}

/** `Details` gives each event's name its detail; null for an event that has none. */
export function typedEvents<Details>(): TypedEvents<Details> {
  return {
    emit: (from, name, detail) => {
      from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    },
    listen: (target, name, listener) => {
      target.addEventListener(name, (event) => {
        if (event instanceof CustomEvent) listener(event.detail);
      });
    },
  };
}
