// Reading a picture in the browser and cutting a square out of it, before it is uploaded.
import { t } from '@portal/i18n'
import { ValidationFailed } from '../allauth.js'

const SIDE = 768 // pixels of the square that is uploaded: twice the largest size in which the portal shows photos
const MEGABYTE = 1024 * 1024 // bytes
const MAX_MEGABYTES = 50
const QUALITY = 0.9
const BACKGROUND = '#fff' // behind transparent parts

/**
 * @typedef {{width: number, height: number}} Size
 * @typedef {{zoom: number, x: number, y: number}} Crop `zoom`: 1 shows the largest square; `x` and `y` are its place, from 0 to 1
 */

export const WHOLE = /** @type {Crop} */ ({ zoom: 1, x: 0.5, y: 0.5 })
export const MAX_ZOOM = 4

/**
 * Read a file that a person chose.
 * @param {File} file
 * @returns {Promise<ImageBitmap>}
 * @throws {ValidationFailed} when it is no picture, or too large
 */
export async function readPicture(file) {
  if (file.size > MAX_MEGABYTES * MEGABYTE)
    throw photoError(t`This file is too large. Choose one with at most ${MAX_MEGABYTES} MB.`)
  try {
    return await createImageBitmap(file)
  } catch {
    throw photoError(
      t`This file is not a picture that your browser can read. Choose a JPEG, PNG, WebP or GIF.`,
    )
  }
}

/** @param {string} message */
export const photoError = (message) => new ValidationFailed([{ message, code: 'invalid', param: 'photo' }])

/**
 * Compute which square of the picture a crop shows, in pixels of the picture.
 * @param {Size} size
 * @param {Crop} crop
 */
export function squareOf({ width, height }, { zoom, x, y }) {
  const side = Math.min(width, height) / zoom
  return { left: (width - side) * x, top: (height - side) * y, side }
}

/**
 * Return the crop after a drag by some part of the square's side: the picture follows the pointer.
 * @param {Size} size
 * @param {Crop} crop
 * @param {{right: number, down: number}} moved in sides of the square
 * @returns {Crop}
 */
export function moved({ width, height }, crop, { right, down }) {
  const { side } = squareOf({ width, height }, crop)
  return {
    ...crop,
    x: clamp(crop.x - (right * side) / Math.max(width - side, 1)),
    y: clamp(crop.y - (down * side) / Math.max(height - side, 1)),
  }
}

const clamp = (value) => Math.min(1, Math.max(0, value))

/** Draw the square into a canvas. @param {HTMLCanvasElement} canvas @param {ImageBitmap} picture @param {Crop} crop */
export function draw(canvas, picture, crop) {
  const context = canvas.getContext('2d')
  const { left, top, side } = squareOf(picture, crop)
  context.fillStyle = BACKGROUND
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height)
}

/** Make the file to upload. @param {ImageBitmap} picture @param {Crop} crop @returns {Promise<File>} */
export async function cutOut(picture, crop) {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = Math.min(SIDE, Math.ceil(squareOf(picture, crop).side))
  draw(canvas, picture, crop)
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  if (!blob) throw photoError(t`The picture could not be cropped. Choose another one.`)
  return new File([blob], 'photo.jpg', { type: 'image/jpeg' })
}
