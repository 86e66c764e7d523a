import { Route, Routes } from '@portal/sdk'
import { NotFound } from '@portal/ui'
import { AllPolls } from './AllPolls.jsx'
import { NewPollPage } from './NewPollPage.jsx'
import { PollList } from './PollList.jsx'
import { PollPage } from './PollPage.jsx'
import { PollsPage } from './PollsPage.jsx'
import './polls.css'

/** The tabs share one frame, which stays when the reader changes between them. */
const tab = (list) => <PollsPage>{list}</PollsPage>

/** The pages of this app. Each tab of the list has an address of its own. */
export default function Polls() {
  return (
    <Routes>
      <Route index element={tab(<AllPolls />)} />
      <Route path="not-voted" element={tab(<PollList show="not_voted" />)} />
      <Route path="mine" element={tab(<PollList show="mine" />)} />
      <Route path="closed" element={tab(<PollList show="closed" />)} />
      <Route path="new" element={<NewPollPage />} />
      <Route path=":id" element={<PollPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}
