import { NotFound } from '@portal/ui'
import { Route, Routes } from '@portal/sdk'
import '../../people.css'
import './manage.css'
import { ImportPage } from './ImportPage.jsx'
import { NewPerson } from './NewPerson.jsx'
import { PeopleList } from './PeopleList.jsx'
import { PersonPage } from './PersonPage.jsx'

/** The administration of people, for maintainers. The API decides who that is, and the shell explains a refusal. */
export default function ManagePeople() {
  return (
    <Routes>
      <Route index element={<PeopleList />} />
      <Route path="new" element={<NewPerson />} />
      <Route path="import" element={<ImportPage />} />
      <Route path=":id" element={<PersonPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}
