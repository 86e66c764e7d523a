import { api, useRefresh } from '@portal/sdk'
import { Field, FormControl } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { Form, useForm } from '@portal/ui/form'
import { toast } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { BOOKINGS, LIST, endsIn, formatTime, proposedEnd, startsIn } from './calendar.js'

/**
 * Book a room within a free period. When somebody else was faster, the form says so.
 * @param {object} props
 * @param {import('./calendar.js').Room} props.room
 * @param {import('./calendar.js').Period} props.period
 * @param {() => void} props.onClose
 */
export function BookingDialog({ room, period, onClose }) {
  const refresh = useRefresh(LIST)
  const starts = startsIn(period)
  const form = useForm({
    initial: { title: '', starts_at: starts[0], ends_at: proposedEnd(period, starts[0]) },
    submit: (values) => api(BOOKINGS, { body: { ...values, room: room.id } }),
    onSuccess: () => {
      onClose()
      toast(t`Room booked`)
      return refresh()
    },
  })
  const [start, end] = [form.field('starts_at'), form.field('ends_at')]
  const { name, place } = room
  function changeStart(event) {
    form.set('starts_at', event.target.value)
    form.set('ends_at', proposedEnd(period, event.target.value))
  }
  return (
    <Dialog title={t`Book ${name}`} open onClose={onClose} actions={null}>
      <p className="help">{place}</p>
      <Form form={form} action={t`Book`}>
        <Field {...form.field('title')} label={t`What for`} required maxLength={100} />
        <FormControl label={t`From`} error={form.errorOf('starts_at')}>
          {(attributes) => (
            <select {...attributes} {...start} onChange={changeStart}>
              <Times moments={starts} />
            </select>
          )}
        </FormControl>
        <FormControl label={t`Until`} error={form.errorOf('ends_at')}>
          {(attributes) => (
            <select {...attributes} {...end}>
              <Times moments={endsIn(period, form.values.starts_at)} />
            </select>
          )}
        </FormControl>
      </Form>
    </Dialog>
  )
}

/** @param {Record<'moments', string[]>} props */
function Times({ moments }) {
  return moments.map((moment) => (
    <option key={moment} value={moment}>
      {formatTime(moment)}
    </option>
  ))
}
