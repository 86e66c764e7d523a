// Icon name -> SVG path, 24 x 24, drawn with a line. Manifests use these names for `icon`; only the shell uses some of them.
const SHAPES = {
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4',
  book: 'M5 4.5A1.5 1.5 0 0 1 6.5 3H19v15H6.5A1.5 1.5 0 0 0 5 19.5zM5 19.5A1.5 1.5 0 0 0 6.5 21H19M9 7h6',
  bus: 'M5 17V6a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v11zM5 11h14M7.5 17v2.5M16.5 17v2.5M8.5 14.2v.01M15.5 14.2v.01',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
  chart: 'M4 20h16M7 16v-5M12 16V5M17 16V9',
  chat: 'M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5',
  check: 'M4 12.5 9.5 18 20 6.5',
  cup: 'M5 8h12v6a5 5 0 0 1-5 5h-2a5 5 0 0 1-5-5zM17 10h1.5a2.5 2.5 0 0 1 0 5H17M9 5V3M13 5V3',
  exit: 'M6 21V4h12v17M3 21h18M14.5 12v1',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  flask: 'M9 3h6M10 3v6l-5 9.5A1.7 1.7 0 0 0 6.5 21h11a1.7 1.7 0 0 0 1.5-2.5L14 9V3M7.5 15h9',
  gear: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18',
  heart:
    'M12 20 4.7 12.5a4.6 4.6 0 0 1 0-6.5 4.5 4.5 0 0 1 6.4 0l.9 1 .9-1a4.5 4.5 0 0 1 6.4 0 4.6 4.6 0 0 1 0 6.5z',
  home: 'M4 11 12 4l8 7v9h-5.5v-6h-5v6H4z',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 8.5v.01',
  key: 'M8 11a4.5 4.5 0 1 0 0 .01M12 13h9M17 13v3.5M20.5 13v3',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01',
  mail: 'M3 6h18v12H3zM3 7l9 7 9-7',
  map: 'M4 6.5 9.5 4l5 2.5L20 4v13.5L14.5 20l-5-2.5L4 20zM9.5 4v13.5M14.5 6.5V20',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18.5 14.5a6.5 6.5 0 0 1 3 5.5',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20.5 20.5',
  star: 'm12 3.5 2.7 5.5 6 .9-4.3 4.2 1 6-5.4-2.9-5.4 2.9 1-6L3.3 9.9l6-.9z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  system: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  ticket: 'M3.5 6h17v4a2 2 0 0 0 0 4v4h-17v-4a2 2 0 0 0 0-4zM14 6v2M14 11v2M14 16v2',
  tool: 'M14.5 6a4.5 4.5 0 0 1 5.6-1.4L17 7.7 16.8 9l1.3.3 2.3-1.8A4.5 4.5 0 0 1 14 12.5L7 19.5A2 2 0 0 1 4 16.5l7.5-6.7A4.5 4.5 0 0 1 14.5 6z',
  warning: 'M12 4 21.5 20h-19zM12 10v4.5M12 17.2v.01',
}

/** The names of the built-in icons. */
export const iconNames = Object.keys(SHAPES)

/**
 * A built-in icon, or nothing when the name is unknown. Screen readers skip it: give its meaning in the text beside it.
 * @param {{name?: string}} props `name` is one of the names above
 */
export function Icon({ name = '' }) {
  if (!Object.hasOwn(SHAPES, name)) return null
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  )
}
