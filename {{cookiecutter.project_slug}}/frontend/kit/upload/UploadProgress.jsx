import { i18n } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from '../Button.jsx'

/**
 * How far an upload is. `FileUpload` contains it.
 * @param {{name: string, share: number, onCancel?: () => void}} props `name` of the file; `share` is sent, from 0 to 1; without `onCancel`
 *   there is no button
 */
export function UploadProgress({ name, share, onCancel }) {
  return (
    <div className="file-upload-progress">
      <span>{name}</span>
      <progress aria-label={t`Uploading ${name}`} max={1} value={share} />
      <span aria-hidden="true">{i18n.number(share, { style: 'percent', maximumFractionDigits: 0 })}</span>
      {onCancel && <Button onClick={onCancel}>{t`Cancel`}</Button>}
    </div>
  )
}
