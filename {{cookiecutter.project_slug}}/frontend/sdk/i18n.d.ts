// The module `@portal/i18n`. It has no code: Babel replaces what pages import from it (see lingui.config.mjs).
export { defineMessage, msg, plural, select, selectOrdinal, t } from '@lingui/core/macro'
export { Plural, Select, SelectOrdinal, Trans, useLingui } from '@lingui/react/macro'
