import { t } from '@portal/i18n'
import { useEffect, useId, useRef } from '@portal/sdk'
import { MAX_ZOOM, draw, moved } from './picture.js'

const PIXELS = 512 // of the canvas's side
const PREVIEW_PIXELS = 96

/**
 * Choose a square of a picture: drag it, or use the sliders, which work with the keyboard.
 * @param {{picture: ImageBitmap, crop: import('./picture.js').Crop, onChange: (crop: import('./picture.js').Crop) => void}} props
 */
export function Crop({ picture, crop, onChange }) {
  /** @type {import('react').RefObject<HTMLCanvasElement | null>} */
  const canvas = useRef(null)
  /** @type {import('react').RefObject<HTMLCanvasElement | null>} */
  const preview = useRef(null)
  const from = useRef({ x: 0, y: 0 })

  useEffect(() => {
    draw(canvas.current, picture, crop)
    draw(preview.current, picture, crop)
  }, [picture, crop])

  function onPointerDown(event) {
    event.currentTarget.setPointerCapture(event.pointerId)
    from.current = { x: event.clientX, y: event.clientY }
  }

  function onPointerMove(event) {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const side = event.currentTarget.clientWidth
    const [right, down] = [event.clientX - from.current.x, event.clientY - from.current.y]
    from.current = { x: event.clientX, y: event.clientY }
    onChange(moved(picture, crop, { right: right / side, down: down / side }))
  }

  const slider = (label, name, min, max) => (
    <Slider
      label={label}
      min={min}
      max={max}
      value={crop[name]}
      onChange={(value) => onChange({ ...crop, [name]: value })}
    />
  )

  return (
    <div className="crop">
      <canvas
        ref={canvas}
        width={PIXELS}
        height={PIXELS}
        className="crop-square"
        role="img"
        aria-label={t`The part of the picture that is used`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
      />
      <div className="stack">
        <p className="help">{t`Drag the picture, or use the sliders.`}</p>
        {slider(t`Zoom`, 'zoom', 1, MAX_ZOOM)}
        {slider(t`Left and right`, 'x', 0, 1)}
        {slider(t`Up and down`, 'y', 0, 1)}
        <div className="row">
          <canvas
            ref={preview}
            width={PREVIEW_PIXELS}
            height={PREVIEW_PIXELS}
            className="crop-preview"
            aria-hidden="true"
          />
          <span className="help">{t`As others see it`}</span>
        </div>
      </div>
    </div>
  )
}

/** @param {{label: string, min: number, max: number, value: number, onChange: (value: number) => void}} props */
function Slider({ label, min, max, value, onChange }) {
  const id = useId()
  return (
    <div className="crop-slider">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step="any"
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  )
}
