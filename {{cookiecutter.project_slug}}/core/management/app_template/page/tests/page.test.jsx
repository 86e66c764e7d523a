import { renderPage } from '@portal/testing'
import { screen } from '@testing-library/react'
import AppPage from '../frontend/index.jsx'

const APP = '{{ app_name }}'
const openPage = (path = '') => renderPage(AppPage, { app: APP, path })

test('the first page leads to the second, which has the way back', async () => {
  const { user } = openPage()
  expect(screen.getByRole('heading', { name: 'Welcome' })).toBeVisible()
  await user.click(screen.getByRole('link', { name: 'About' }))
  expect(screen.getByRole('heading', { name: 'About' })).toBeVisible()
  const breadcrumbs = screen.getByRole('navigation', { name: 'Breadcrumbs' })
  expect([...breadcrumbs.querySelectorAll('a')].map((link) => link.pathname)).toEqual(['/', `/${APP}`])
})

test.each(['nothing', 'about/more'])('there is no page at the path %s', (path) => {
  openPage(path)
  expect(screen.getByRole('heading', { name: 'Page not found' })).toBeVisible()
})
