// The icons that neither the shell nor manifests use. They arrive with the kit, after the first page is shown.
import { SHAPES } from './icons.js'

Object.assign(SHAPES, {
  again: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15',
  close: 'M6 6l12 12M18 6 6 18',
  dots: 'M5 12a.5.5 0 1 0 1 0 .5.5 0 0 0-1 0M11.5 12a.5.5 0 1 0 1 0 .5.5 0 0 0-1 0M18 12a.5.5 0 1 0 1 0 .5.5 0 0 0-1 0',
  down: 'M6 9.5l6 6 6-6',
  exit: 'M6 21V4h12v17M3 21h18M14.5 12v1',
  history: 'M4.5 12a7.5 7.5 0 1 0 2.2-5.3L4.5 9M4.5 4.5V9H9M12 8v4l3 2',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8v.01',
  laptop: 'M5 5h14v10.5H5zM2.5 19h19',
  left: 'M14.5 6l-6 6 6 6',
  lock: 'M5.5 10.5h13V20h-13zM8 10.5V8a4 4 0 0 1 8 0v2.5',
  offline:
    'M3.5 3.5l17 17M8.5 16a5 5 0 0 1 7 0M5 12.5a10 10 0 0 1 4.5-2.6M19 12.5a10 10 0 0 0-5-2.7M12 19.5v.01M2 9a15 15 0 0 1 4.5-2.9M22 9A15 15 0 0 0 11 4.6',
  pencil: 'M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5z',
  phone: 'M7.5 3h9v18h-9zM11 18h2',
  plus: 'M12 5v14M5 12h14',
  right: 'M9.5 6l6 6-6 6',
  save: 'M12 4v12M6.5 11 12 16.5 17.5 11M5 20.5h14',
  server: 'M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5v.01M7.5 16.5v.01',
  shield: 'M12 3l7.5 3v5.5c0 4.6-3 7.9-7.5 9.5-4.5-1.6-7.5-4.9-7.5-9.5V6z',
  system: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  trash: 'M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5',
  up: 'M12 19V6M6.5 11 12 5.5 17.5 11M5 21h14',
  updown: 'M8 10l4-4 4 4M8 14l4 4 4-4',
})
