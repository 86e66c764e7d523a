export default function Broken() {
  throw new Error('Deliberately broken')
}
