import Foundation
import Model
import Planner
import RoundTrips

/// Measures a piece of work in seconds of the monotonic clock.
func measure(_ work: () -> Void) -> Double {
    let start = ContinuousClock.now
    work()
    let time = start.duration(to: .now).components
    return Double(time.seconds) + Double(time.attoseconds) / 1e18
}

/// The most memory that the process has held so far, in MiB.
func peakMemory() -> Int { memory("VmHWM:") / 1024 }

/// The least that any reconciler must do: sort both lists of membership pairs and walk them side by side.
func sortAndMerge(_ company: LargeCompany) -> Int {
    func keys(_ pairs: [(group: Int, user: Int)]) -> [String] {
        pairs.map { "t-\($0.group)/\(LargeCompany.userID($0.user))" }.sorted()
    }
    let (left, right) = (keys(company.desired), keys(company.observed))
    var (one, two, differences) = (0, 0, 0)
    while one < left.count || two < right.count {
        if two == right.count || one < left.count && left[one] < right[two] {
            (one, differences) = (one + 1, differences + 1)
        } else if one == left.count || right[two] < left[one] {
            (two, differences) = (two + 1, differences + 1)
        } else {
            (one, two) = (one + 1, two + 1)
        }
    }
    return differences
}

let scale = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1
// First, while little memory was used and given back.
try await ListReading().run(users: 100_000 / scale)

let company = LargeCompany(users: 100_000 / scale, groups: 5_000 / scale, membersPerGroup: 200)
let input = company.input()
print("company: \(company.users) users, \(company.groups) groups, \(company.observed.count) memberships observed")
let before = peakMemory()
var actions = 0
let planning = measure {
    if case .planned(let result) = Planner.plan(input) { actions = result.plan.actions.count }
}
let after = peakMemory()
var differences = 0
let baseline = measure { differences = sortAndMerge(company) }
func shown(_ seconds: Double) -> String { String(format: "%.2f s", seconds) }
print(
    "planning: \(shown(planning)), \(actions) actions; peak memory \(after) MiB (\(before) MiB of it the company itself)"
)
print("baseline: \(shown(baseline)), \(differences) differences by sorting and merging the same membership pairs")
print(String(format: "ratio: planning takes %.1f times the baseline", planning / baseline))

print(GraphCalls.formula)
for users in [100, 10_000, 100_000] { try await GraphCalls(users: max(100, users / scale)).measure() }

for (memberships, assignments, isWithinBurst) in [(20, 30, false), (4, 4, true)] {
    let trips = OffboardRoundTrips(memberships: memberships, assignments: assignments)
    try await OffboardBench(trips: trips, isWithinBurst: isWithinBurst).measure()
}
