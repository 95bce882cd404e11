public import Model
internal import Planner

/// How people are taken out.
public struct OffboardOptions: Sendable {
    /// Why, in the words of the person who asked.
    public var reason: String?
    /// Whether nothing is recorded or withdrawn.
    public var isDryRun = false
    /// Whether the user is deleted after all else.
    public var deletesUser = false
    /// Whether protected people are taken out too.
    public var evenProtected = false
    /// Whether a marker group is made in Identity Center for each departure.
    public var makesMarker = true
    /// Whether a run that began before may have a write in flight.
    public var mayBeInFlight: @Sendable () -> Bool = { false }
    /// Waits between two looks; returns early by throwing when the task is cancelled.
    public var pause: @Sendable () async -> Void = {}
    /// Whether the call waits until nothing can be in flight.
    public var waits = true

    /// The defaults.
    public init() {}
}

/// What came of taking one person out.
public struct OffboardedPerson: Sendable {
    /// How it ended, for the exit code.
    public enum Ending: Sendable {
        /// Nothing is left.
        case proven
        /// Something stands, or it could not be proven.
        case standing
        /// Nobody of that name; the departure is recorded all the same.
        case nobody
        /// The person is protected, and nothing was done.
        case protected
    }

    /// The USER as it was given.
    public var asked: String
    /// The person, where one was found.
    public var person: FoundPerson?
    /// When the departure was recorded; nil where it was not.
    public var recordedAt: Timestamp?
    /// What was withdrawn and what stands.
    public var result = WithdrawalResult()
    /// When it was proven that nothing is left; nil where it was not.
    public var provenAt: Timestamp?
    /// How it ended.
    public var ending: Ending = .standing
    /// Whether the user was disabled or deleted, where that was asked for.
    public var userWrites: [WithdrawnAccess] = []
    /// What a person should read.
    public var notes: [String] = []
    /// The pairs that the user could reach, for the sessions that may go on.
    public var reached: Set<AccessPair> = []
}

/// Takes people out: the record first, then the mark, then everything at once, then the proof.
public struct Offboarding: Sendable {
    private let environment: RunEnvironment
    private let options: OffboardOptions

    /// An offboarding over an environment.
    public init(_ environment: RunEnvironment, _ options: OffboardOptions) {
        self.environment = environment
        self.options = options
    }

    /// Records a departure and withdraws all that the person has.
    ///
    /// - Parameters:
    ///   - asked: the USER as given.
    ///   - person: who that is; nil: nobody was found, and the departure is kept under the name itself.
    ///   - origin: how the departure came to be.
    public func takeOut(
        _ asked: String,
        _ person: FoundPerson?,
        origin: Departure.Origin = .requested
    ) async -> OffboardedPerson {
        var out = OffboardedPerson(asked: asked, person: person)
        if let target = person?.target, isProtected(target), !options.evenProtected {
            out.ending = .protected
            return out
        }
        if options.isDryRun { return await preview(out) }
        let departure = departure(for: asked, person, origin)
        await record(departure, &out)
        guard let target = person?.target else {
            await mark(departure, &out)
            out.ending = person == nil ? .nobody : .proven
            if person != nil { out.provenAt = environment.clock() }
            return out
        }
        async let reading = Withdrawal(environment).holdings(of: target.id)
        await mark(departure, &out)
        let first = await reading
        await reach(first, &out)
        out.result = await Withdrawal(environment).withdraw(
            target.id,
            known: await knownAssignments(of: target),
            first: first
        )
        await changeUser(target, &out)
        await prove(target, &out)
        await note(out)
        return out
    }

    private func isProtected(_ user: TargetUser) -> Bool {
        environment.settings.brakes.protected.contains { $0.folded == user.userName.folded || $0 == user.id.value }
    }

    private func preview(_ out: OffboardedPerson) async -> OffboardedPerson {
        var out = out
        guard let target = out.person?.target else {
            out.ending = out.person == nil ? .nobody : .proven
            return out
        }
        let holdings = await Withdrawal(environment).holdings(of: target.id)
        out.result.withdrawn = Withdrawal.writes(for: holdings).map {
            WithdrawnAccess(write: $0, receipt: Receipt(), at: environment.clock())
        }
        out.result.standing = holdings.problems.map { StandingAccess(write: nil, error: $0) }
        out.ending = holdings.problems.isEmpty ? .proven : .standing
        return out
    }

    // MARK: The record and the mark

    private func departure(for asked: String, _ person: FoundPerson?, _ origin: Departure.Origin) -> Departure {
        var identifiers = person?.identifiers ?? Departure.Identifiers()
        if person == nil {
            if asked.contains("@") {
                identifiers.primaryAddress = asked
            } else {
                identifiers.sourceIDs = [asked]
                if PersonLookup.looksLikeUserID(asked) { identifiers.userID = UserID(asked.folded) }
            }
        }
        return Departure(
            id: DepartureMarker.name(for: identifiers),
            since: environment.clock(),
            origin: origin,
            identifiers: identifiers,
            reason: options.reason
        )
    }

    private func record(_ departure: Departure, _ out: inout OffboardedPerson) async {
        do throws(LedgerError) {
            var departure = departure
            if let known = try await environment.ledger.departures().first(where: { $0.id == departure.id }) {
                departure.since = known.since
                // A request of a person outweighs what was found at a source: it lasts until it is taken back.
                if known.origin == .requested { departure.origin = .requested }
            }
            try await environment.ledger.record(departure)
            out.recordedAt = departure.since
        } catch {
            out.notes.append(
                "the departure could not be recorded in the ledger: \(error); the mark in Identity Center keeps it"
            )
        }
    }

    private func mark(_ departure: Departure, _ out: inout OffboardedPerson) async {
        guard options.makesMarker else { return }
        let name = DepartureMarker.name(for: departure.identifiers)
        let text = DepartureMarker.description(of: departure, owner: environment.settings.owner)
        do throws(UpstreamError) {
            _ = try await environment.target.perform(.createGroup(displayName: name, description: text))
            if out.recordedAt == nil { out.recordedAt = departure.since }
        } catch {
            // A mark that is there already was made by an earlier call, perhaps at another time.
            if error.kind == .conflict, let known = try? await environment.target.group(named: name),
                DepartureMarker.isMarker(known)
            {
                return
            }
            out.notes.append("the mark \(name) could not be made in Identity Center: \(error)")
            out.result.standing.append(StandingAccess(write: nil, error: error))
        }
    }

    // MARK: What the person had

    /// Assignments of the user that the ledger has noted, for the case that they cannot be listed by principal.
    private func knownAssignments(of user: TargetUser) async -> [AccountAssignment] { [] }

    private func reach(_ holdings: Holdings, _ out: inout OffboardedPerson) async {
        out.reached = Set(holdings.assignments.map(\.pair))
    }

    // MARK: The user itself

    private func changeUser(_ target: TargetUser, _ out: inout OffboardedPerson) async {
        var writes: [Write] = []
        if options.deletesUser {
            writes = [.deleteUser(target.id)]
        } else if environment.settings.canDisable {
            writes = [.disableUser(target.id)]
        }
        for write in writes {
            do throws(UpstreamError) {
                let receipt = try await environment.target.perform(write)
                out.userWrites.append(WithdrawnAccess(write: write, receipt: receipt, at: environment.clock()))
            } catch {
                out.result.standing.append(StandingAccess(write: write, error: error))
            }
        }
    }

    // MARK: The proof

    /// Looks again until no write of a run that began before can be in flight any more (`DESIGN.md`, Departures 6).
    private func prove(_ target: TargetUser, _ out: inout OffboardedPerson) async {
        var isOpen = options.mayBeInFlight()
        while isOpen, options.waits, environment.stop.raisedBy == nil {
            await options.pause()
            isOpen = options.mayBeInFlight()
            await lookAgain(target, &out)
        }
        if isOpen {
            out.result.isProven = false
            out.notes.append(
                "a run that began before the departure is still at work; what it may give is withdrawn by its end, or by the next run"
            )
        }
        let stands = out.result.standing.filter { standing in
            if case .disableUser? = standing.write { false } else { true }
        }
        if out.result.isProven, stands.isEmpty, out.result.standing.isEmpty {
            out.provenAt = environment.clock()
            out.ending = .proven
        }
        if out.recordedAt == nil || out.notes.contains(where: { $0.contains("could not be recorded") }) {
            out.ending = .standing
        }
    }

    private func lookAgain(_ target: TargetUser, _ out: inout OffboardedPerson) async {
        let again = await Withdrawal(environment).withdraw(target.id)
        let userProblems = out.result.standing.filter { standing in
            switch standing.write {
            case .disableUser?, .deleteUser?: true
            default: false
            }
        }
        out.result.withdrawn += again.withdrawn
        out.result.standing = again.standing + userProblems
        out.result.isProven = again.isProven
    }

    private func note(_ out: OffboardedPerson) async {}
}
