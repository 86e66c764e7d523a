import { i18n } from '@portal/sdk'
import { plural, t } from '@portal/i18n'

const value = (text) => (typeof text === 'number' ? i18n.number(text) : text)

// React Aria has texts in 34 languages, and reads them from this object when there is one. So they are in the portal's catalogues, and in
// the reader's language whatever it is. Each text is a function: the language can change.
const STRINGS = {
  '@react-aria/calendar': {
    previous: () => t`Previous`,
    next: () => t`Next`,
    selectedDateDescription: ({ date }) => t`Selected date: ${date}`,
    todayDate: ({ date }) => t`Today, ${date}`,
    todayDateSelected: ({ date }) => t`Today, ${date}, selected`,
    dateSelected: ({ date }) => t`${date}, selected`,
    minimumDate: () => t`First available date`,
    maximumDate: () => t`Last available date`,
  },
  '@react-aria/combobox': {
    focusAnnouncement: ({ optionText, isSelected }) => (isSelected ? t`${optionText}, selected` : optionText),
    countAnnouncement: ({ optionCount }) =>
      plural(optionCount, { one: '# option available.', other: '# options available.' }),
    selectedAnnouncement: ({ optionText }) => t`${optionText}, selected`,
    buttonLabel: () => t`Show the options`,
    listboxLabel: () => t`Options`,
  },
  '@react-aria/datepicker': {
    era: () => t`era`,
    year: () => t`year`,
    month: () => t`month`,
    day: () => t`day`,
    hour: () => t`hour`,
    minute: () => t`minute`,
    second: () => t`second`,
    dayPeriod: () => t`AM or PM`,
    calendar: () => t`Calendar`,
    weekday: () => t`day of the week`,
    timeZoneName: () => t`time zone`,
    selectedDateDescription: ({ date }) => t`Selected date: ${date}`,
    selectedTimeDescription: ({ time }) => t`Selected time: ${time}`,
  },
  '@react-aria/menu': { longPressMessage: () => t`Press Alt and the arrow down to open the options` },
  '@react-aria/overlays': { dismiss: () => t`Close` },
  '@react-aria/spinbutton': { Empty: () => t`Empty` },
  '@react-stately/datepicker': {
    rangeUnderflow: ({ minValue }) => t`Choose ${value(minValue)} or later.`,
    rangeOverflow: ({ maxValue }) => t`Choose ${value(maxValue)} or earlier.`,
    unavailableDate: () => t`This date is not available.`,
  },
}

/** Give the texts to React Aria. Call it before one of its components is rendered. */
export function setStrings() {
  window[Symbol.for('react-aria.i18n.locale')] = 'portal'
  window[Symbol.for('react-aria.i18n.strings')] = STRINGS
}
