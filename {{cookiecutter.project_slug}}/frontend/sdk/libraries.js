// What `@portal/sdk` has of libraries. The vendor file contains exactly this list (see pin.js).
export {
  Fragment,
  Suspense,
  createContext,
  memo,
  use,
  useActionState,
  useCallback,
  useContext,
  useDeferredValue,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useOptimistic,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
  useTransition,
} from 'react'
export { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
export {
  Link,
  NavLink,
  Navigate,
  Route,
  Routes,
  useLocation,
  useNavigate,
  useParams,
  useSearchParams,
} from 'react-router'
export { i18n } from '@lingui/core'
export { Trans as TransRuntime, useLingui } from '@lingui/react'
