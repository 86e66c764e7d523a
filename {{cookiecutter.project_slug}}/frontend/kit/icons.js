// Icon name -> SVG path, 24 x 24, drawn with a line. Those that only pages use are in more-icons.js, and those of apps arrive with the
// portal's answer: `addIcons`.
/** @type {Record<string, string | {path: string, box: number, filled: boolean}>} */
export const SHAPES = {
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4',
  chart: 'M4 20h16M7 16v-5M12 16V5M17 16V9',
  check: 'M4 12.5 9.5 18 20 6.5',
  collapse: 'M4 5h16v14H4zM9.5 5v14M16 9.5 13.5 12l2.5 2.5',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  gear: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2',
  home: 'M4 11 12 4l8 7v9h-5.5v-6h-5v6H4z',
  key: 'M11 13a4 4 0 1 0-8 0 4 4 0 0 0 8 0M11 13h10M17 13v3.5M20.5 13v3',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01',
  menu: 'M4 6.5h16M4 12h16M4 17.5h16',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18.5 14.5a6.5 6.5 0 0 1 3 5.5',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20.5 20.5',
  star: 'm12 3.5 2.7 5.5 6 .9-4.3 4.2 1 6-5.4-2.9-5.4 2.9 1-6L3.3 9.9l6-.9z',
  warning: 'M12 4 21.5 20h-19zM12 10v4.5M12 17.2v.01',
}

/**
 * Add the icons of apps. An own one of the same name stays.
 * @param {Record<string, {path: string, box: number, filled: boolean}>} [icons] name -> a path in a square of `box` units, drawn with a line or
 *   filled
 */
export const addIcons = (icons) => void Object.assign(SHAPES, { ...icons, ...SHAPES })
