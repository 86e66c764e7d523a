// `@portal/i18n` exists only until Babel has replaced it (lingui.config.mjs): these are the names that it understands.
export { defineMessage, msg, plural, select, selectOrdinal, t } from '@lingui/core/macro'
export { Plural, Select, SelectOrdinal, Trans, useLingui } from '@lingui/react/macro'
