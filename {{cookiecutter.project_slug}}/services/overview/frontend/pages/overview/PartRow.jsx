import { i18n } from '@portal/sdk'
import { Chip } from '@portal/ui'
import { t } from '@portal/i18n'
import { statuses } from './overview.js'

/** One part of the stack. @param {{part: import('./overview.js').Part}} props */
export function PartRow({
  part: { title, technology, version, embedded_backend: backend, status, milliseconds },
}) {
  const { tone, word } = statuses()[status]
  const named = (name) => [name, version].filter(Boolean).join(' ')
  return (
    <StateRow
      tone={tone}
      title={title}
      detail={backend ? t`${technology}, embedded: ${named(backend)}` : named(technology)}
      end={
        status === 'ok' ? (
          <span>
            <span className="visually-hidden">{word}, </span>
            {formatMilliseconds(milliseconds)}
          </span>
        ) : (
          <Chip tone={tone}>{word}</Chip>
        )
      }
    />
  )
}

/**
 * A row with a dot. The colour repeats what the end says.
 * @param {{tone: string, title: string, detail: import('react').ReactNode, end: import('react').ReactNode}} props
 */
export function StateRow({ tone, title, detail, end }) {
  return (
    <li className="part">
      <span className="dot" data-tone={tone} />
      <div className="item-words">
        <span className="item-title">{title}</span>
        <span className="help">{detail}</span>
      </div>
      <div className="item-end">{end}</div>
    </li>
  )
}

/** @param {number} value */
function formatMilliseconds(value) {
  return i18n.number(Math.max(1, Math.round(value)), {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
  })
}
