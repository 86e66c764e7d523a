import { Route, Routes } from '@portal/sdk'
import { NotFound } from '@portal/ui'
import { DayPage } from './DayPage.jsx'
import { MyBookingsPage } from './MyBookingsPage.jsx'
import { WeekPage } from './WeekPage.jsx'

/** The pages of this app: a day of all rooms, the week of one, and the reader's own bookings. */
export default function AppPage() {
  return (
    <Routes>
      <Route index element={<DayPage />} />
      <Route path="mine" element={<MyBookingsPage />} />
      <Route path=":id" element={<WeekPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}
