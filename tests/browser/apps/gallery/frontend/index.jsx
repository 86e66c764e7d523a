import { ApiError, Route, Routes, api, useState } from '@portal/sdk'
import { Button, Field, Notice, Page, Panel, Panels, Row, Rows, Skeleton, Bars, Chip, EmptyState, Problem } from '@portal/ui'
import { LineChart } from '@portal/ui/charts'
import { ComboBox } from '@portal/ui/choices'
import { DateField } from '@portal/ui/dates'
import { Dialog, confirm } from '@portal/ui/dialog'
import { Form, useForm } from '@portal/ui/form'
import { DataTable } from '@portal/ui/table'
import { toast } from '@portal/ui/toast'
import { FileUpload } from '@portal/ui/upload'

const SHEETS = { dialogs: Dialogs, forms: Forms, tables: Tables, choices: Choices, states: States, errors: Errors, charts: Charts }

export default function Gallery() {
  return (
    <Routes>
      <Route
        index
        element={
          <Page title="Gallery">
            <Rows>
              {Object.keys(SHEETS).map((name) => (
                <Row key={name} to={name} title={name} />
              ))}
            </Rows>
          </Page>
        }
      />
      {Object.entries(SHEETS).map(([name, Sheet]) => (
        <Route key={name} path={name} element={<Sheet />} />
      ))}
    </Routes>
  )
}

function Dialogs() {
  const [open, setOpen] = useState(false)
  const [answer, setAnswer] = useState('none')
  const confirmClosing = () =>
    confirm({
      title: 'Close the poll?',
      body: 'Nobody can vote after that.',
      action: 'Close the poll',
      dangerous: true,
    }).then((agreed) => setAnswer(String(agreed)))
  return (
    <Page title="Dialogs">
      <p className="row">
        <Button onClick={() => setOpen(true)}>Edit</Button>
        <Button onClick={confirmClosing}>Ask</Button>
        <Button onClick={() => toast('Poll deleted', { undo: () => setAnswer('undone') })}>Delete</Button>
      </p>
      <p>Answer: {answer}</p>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Edit the poll"
        actions={<Button kind="primary" onClick={() => toast('Saved', { kind: 'success' })}>Save</Button>}
      >
        <Field label="Question" defaultValue="Which day?" />
        <DateField label="Closes" value="2026-11-30" onChange={() => {}} />
      </Dialog>
    </Page>
  )
}

function Forms() {
  const form = useForm({
    initial: { title: '', year: '' },
    submit: (values) => api('/api/gallery/books/', { body: values }),
  })
  return (
    <Page title="Forms" narrow>
      <Form form={form} action="Add">
        <Field {...form.field('title')} label="Title" help="As on the cover" />
        <Field {...form.field('year')} label="Year" />
        <FileUpload label="Cover" path="/api/gallery/cover/" maxBytes={1e6} onUploaded={() => toast('Uploaded')} />
      </Form>
    </Page>
  )
}

const COLUMNS = [
  { name: 'title', title: 'Title', sortable: true },
  { name: 'author', title: 'Author', sortable: true, narrow: 'below' },
  { name: 'state', title: 'State', render: ({ state }) => <Chip tone={state === 'Lent' ? 'warn' : 'good'}>{state}</Chip> },
  { name: 'year', title: 'Year', number: true, narrow: 'below' },
]
const BOOKS = [
  { id: 1, title: 'Emma', author: 'Jane Austen', state: 'Lent', year: 1815 },
  { id: 2, title: 'Dracula', author: 'Bram Stoker', state: 'There', year: 1897 },
  { id: 3, title: 'A Room of One’s Own', author: 'Virginia Woolf', state: 'There', year: 1929 },
]

function Tables() {
  const [sort, setSort] = useState('title')
  const [selected, setSelected] = useState([2])
  const name = sort.replace('-', '')
  const rows = BOOKS.toSorted((a, b) => a[name].localeCompare(b[name]) * (sort === name ? 1 : -1))
  const selection = {
    selected,
    onChange: setSelected,
    label: ({ title }) => title,
    actions: <Button>Lend</Button>,
  }
  return (
    <Page title="Tables">
      <DataTable
        caption="Books"
        columns={COLUMNS}
        rows={rows}
        sort={sort}
        onSort={setSort}
        selection={selection}
        cursor={{ fetchMore: () => {} }}
      />
      <h2>Loading</h2>
      <DataTable caption="More books" columns={COLUMNS} rows={undefined} />
      <h2>Empty</h2>
      <DataTable caption="No books" columns={COLUMNS} rows={[]} empty={<EmptyState title="No books yet" level="h3" />} />
    </Page>
  )
}

function Choices() {
  const [city, setCity] = useState(null)
  const [day, setDay] = useState('2026-11-30')
  const [moment, setMoment] = useState('2026-11-30T12:00:00Z')
  const options = ['Delhi', 'Mumbai', 'Roorkee'].map((label, value) => ({ label, value }))
  return (
    <Page title="Choices and dates">
      <Panels>
        <Panel title="Combobox">
          <ComboBox label="City" options={options} value={city} onChange={setCity} help="Where you live" />
          <p>City: {JSON.stringify(city)}</p>
          <ComboBox label="Country" options={options} value={null} onChange={() => {}} error="Choose a country." />
        </Panel>
        <Panel title="Dates">
          <DateField label="Day" value={day} onChange={setDay} />
          <p>Day: {day}</p>
          <DateField label="Closes" time value={moment} onChange={setMoment} error="Choose a later time." />
        </Panel>
      </Panels>
    </Page>
  )
}

function States() {
  return (
    <Page title="States">
      <Panels>
        <Panel title="Buttons">
          <p className="row">
            <Button kind="primary">Primary</Button>
            <Button>Plain</Button>
            <Button kind="quiet">Quiet</Button>
            <Button kind="danger">Danger</Button>
            <Button busy>Busy</Button>
          </p>
        </Panel>
        <Panel title="Loading">
          <Skeleton count={2} />
        </Panel>
        <Panel title="Nothing here">
          <EmptyState title="No polls yet" level="h3">
            <p>Ask the first question.</p>
          </EmptyState>
        </Panel>
        <Panel title="Messages">
          <Notice>You can change this later.</Notice>
          <Notice kind="success">Saved.</Notice>
          <Problem error={new Error('Cannot read properties of null')} onRetry={() => {}} />
        </Panel>
      </Panels>
    </Page>
  )
}

const ERRORS = {
  Offline: new ApiError(0, {}, { reason: 'offline' }),
  'No answer in time': new ApiError(0, {}, { reason: 'timeout' }),
  'Another answer': new ApiError(200, {}, { reason: 'unreadable' }),
  'Too many requests': new ApiError(429, {}, { retryAfter: 120 }),
  'An error of the server': new ApiError(500, { request_id: '4f9d2c71a0be4c5d8a1e6b3f7c2d9e10' }),
  'Not accepted': new ApiError(400, { detail: 'The poll is closed.' }),
  Refused: new ApiError(403, { detail: 'Only maintainers may close a poll.' }),
  'Not there': new ApiError(404, {}),
}

function Errors() {
  return (
    <Page title="Errors">
      <Panels>
        {Object.entries(ERRORS).map(([title, error]) => (
          <Panel key={title} title={title}>
            <Problem error={error} onRetry={() => {}} />
          </Panel>
        ))}
      </Panels>
    </Page>
  )
}

function Charts() {
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']
  return (
    <Page title="Charts">
      <Panels>
        <Panel title="Bars">
          <Bars
            caption="Votes"
            rows={[
              { id: 1, label: 'Monday', value: 12, highlighted: true },
              { id: 2, label: 'Friday', value: 5 },
            ]}
          />
        </Panel>
        <Panel title="Line">
          <LineChart caption="Votes by day" points={days.map((label, index) => ({ label, value: (index * 7) % 5 }))} />
        </Panel>
      </Panels>
    </Page>
  )
}
