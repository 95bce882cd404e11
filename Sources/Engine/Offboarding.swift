public import Model
internal import Planner

/// What came of taking one person out.
public struct OffboardedPerson: Sendable {
    /// How it ended, for the exit code.
    public enum Ending: Hashable, Sendable {
        /// Nothing is left.
        case proven
        /// Something stands, or it could not be proven.
        case standing
        /// Nobody of that name; the departure is recorded all the same.
        case nobody
        /// The person is protected, and nothing was done.
        case protected
        /// Too many people at once; nothing was done, and the request stays queued.
        case tooMany
    }

    /// The USER as it was given.
    public var asked: String
    /// The person, where one was found.
    public var person: FoundPerson?
    /// The departure as it is recorded; nil where it is not.
    public var departure: Departure?
    /// When the departure was recorded; nil where it was not.
    public var recordedAt: Timestamp?
    /// The marker group, where this made one.
    public var marks: [WithdrawnAccess] = []
    /// What was withdrawn.
    public var withdrawn: [WithdrawnAccess] = []
    /// Whether the user was disabled or deleted.
    public var userWrites: [WithdrawnAccess] = []
    /// What stands, but for sessions and open applications.
    public var standing: [StandingAccess] = []
    /// Role sessions that may have begun before, and until when they can last.
    public var sessions: [StandingSession] = []
    /// Applications that everybody may use without an assignment.
    public var openApplications: [String] = []
    /// When it was proven that nothing is left; nil where it was not.
    public var provenAt: Timestamp?
    /// How it ended.
    public var ending: Ending = .standing
    /// What a person should read.
    public var notes: [String] = []
    /// Whether somebody of that name may be known to a source that could not be asked.
    public internal(set) var isUncertain = false
    /// How the departure came to be, where it is not what was asked for all.
    var origin: Departure.Origin?

    /// The Identity Center user.
    public var userID: UserID? { person?.target?.id }
    /// The name to show.
    public var name: String { person.map(\.name) ?? asked }

    init(asked: String, person: FoundPerson?) {
        self.asked = asked
        self.person = person
    }
}

/// Takes one person out whose departure is recorded: the mark first, then everything at once, then the proof.
struct Offboarding: Sendable {
    private let environment: RunEnvironment
    private let options: OffboardOptions
    private let journal: DepartureJournal
    private static let lookSeconds = 3.0

    init(_ environment: RunEnvironment, _ options: OffboardOptions, _ journal: DepartureJournal) {
        self.environment = environment
        self.options = options
        self.journal = journal
    }

    /// What would be withdrawn.
    func preview(_ out: OffboardedPerson, early: EarlyReading?) async -> OffboardedPerson {
        var out = out
        guard let user = out.userID else {
            out.ending = out.endingWithoutUser
            return out
        }
        let (writes, problems) = await Withdrawal(environment, of: user).preview(early)
        out.withdrawn = writes.map { WithdrawnAccess(write: $0, receipt: Receipt(), at: environment.clock()) }
        out.standing = problems.map { StandingAccess(write: nil, error: $0) }
        out.ending = problems.isEmpty ? .proven : .standing
        return out
    }

    /// Withdraws all that the person has.
    ///
    /// - Parameters:
    ///   - fence: the latest run that may not have seen the departure; nil where that is not known.
    ///   - early: a reading of it that is under way.
    func takeOut(
        _ out: OffboardedPerson,
        _ departure: Departure,
        _ fence: Int64?,
        early: EarlyReading?
    ) async -> OffboardedPerson {
        var out = out
        let marker = MarkerWriting(environment)
        guard let user = out.userID else {
            out.take(await marker.make(departure))
            out.ending = out.endingWithoutUser
            if !out.standing.isEmpty { out.ending = .standing }
            if out.ending == .proven { out.provenAt = environment.clock() }
            return out
        }
        let reading = early ?? EarlyReading(user, of: environment.target)
        let marking = Task { await marker.make(departure) }
        async let disabling = disable(user, after: marking)
        let known = await KnownAssignments(environment.ledger).of(user)
        let asked = out
        let result = await Withdrawal(environment, of: user).withdraw(known: known, early: reading) { writes in
            _ = await marking.value
            await begin(writes, asked)
        }
        out.take(await marking.value)
        out.withdrawn = result.withdrawn
        out.standing += result.standing
        await KnownAssignments(environment.ledger).keep(result.withdrawn, of: user)
        // Later than the withdrawals, with which it would share the quota of the service.
        async let open = openApplications()
        await prove(user, result.isProven, fence, &out)
        out.take(await disabling)
        out.take(await open)
        await delete(user, &out)
        settle(&out)
        return out
    }

    /// Notes what is about to be withdrawn, so that `reinstate` can tell of it even where this run is killed.
    private func begin(_ writes: [Write], _ out: OffboardedPerson) async {
        guard let run = await journal.run else { return }
        var begun = OffboardedPerson(asked: out.asked, person: out.person)
        begun.withdrawn = writes.map { WithdrawnAccess(write: $0, receipt: Receipt(), at: environment.clock()) }
        let records = begun.records(run: run, names: AccessNames(), at: environment.clock()).map { record in
            var record = record
            record.status = .begun
            return record
        }
        do throws(LedgerError) { try await environment.ledger.note(records) } catch { await journal.fail(error) }
    }

    // MARK: The user itself

    private func disable(_ user: UserID, after marking: Task<MarkerWriting.Result, Never>) async -> Partial {
        guard environment.settings.canDisable, !options.deletesUser else { return Partial() }
        _ = await marking.value
        return await perform(.disableUser(user))
    }

    private func delete(_ user: UserID, _ out: inout OffboardedPerson) async {
        guard options.deletesUser, environment.stop.raisedBy == nil else { return }
        out.take(await perform(.deleteUser(user)))
        if !out.userWrites.isEmpty { out.openApplications = [] }
    }

    private func perform(_ write: Write) async -> Partial {
        do throws(UpstreamError) {
            let receipt = try await environment.target.perform(write)
            return Partial(userWrites: [WithdrawnAccess(write: write, receipt: receipt, at: environment.clock())])
        } catch {
            return Partial(standing: [StandingAccess(write: write, error: error)])
        }
    }

    private func openApplications() async -> Partial {
        do throws(UpstreamError) {
            return Partial(openApplications: try await environment.target.openApplications())
        } catch {
            return Partial(notes: ["applications that are open to everybody could not be looked for: \(error)"])
        }
    }

    // MARK: The proof

    /// Looks again until no write of a run that began before can be in flight any more (`DESIGN.md`, Departures 6).
    private func prove(_ user: UserID, _ wasProven: Bool, _ fence: Int64?, _ out: inout OffboardedPerson) async {
        var isProven = wasProven
        var state = environment.departures.inFlight(fence)
        while state == .perhaps, options.waits, environment.stop.raisedBy == nil {
            environment.listener.heard(
                .notice("\(out.name): withdrawn; a run that began before is still at work, looking again until it ends")
            )
            repeat {
                await environment.departures.pause(Offboarding.lookSeconds)
                state = environment.departures.inFlight(fence)
                isProven = await lookAgain(user, &out)
            } while state == .perhaps && environment.stop.raisedBy == nil
        }
        if state != .nothing {
            isProven = false
            out.notes.append(
                "a run that began before the departure may still be at work: what it gives is withdrawn at its end, or by the next run"
            )
        }
        if isProven { out.provenAt = environment.clock() }
    }

    private func lookAgain(_ user: UserID, _ out: inout OffboardedPerson) async -> Bool {
        let asked = out
        let again = await Withdrawal(environment, of: user).withdraw { writes in await begin(writes, asked) }
        let marks = out.standing.filter { if case .createGroup? = $0.write { true } else { false } }
        out.withdrawn += again.withdrawn
        out.standing = marks + again.standing
        return again.isProven
    }

    private func settle(_ out: inout OffboardedPerson) {
        let isWhole = out.provenAt != nil && out.standing.isEmpty && out.openApplications.isEmpty
        out.ending = isWhole ? .proven : .standing
    }
}

/// What one part of an offboarding adds to the whole.
struct Partial: Sendable {
    var userWrites: [WithdrawnAccess] = []
    var standing: [StandingAccess] = []
    var openApplications: [String] = []
    var notes: [String] = []
}

extension OffboardedPerson {
    /// How it ends for somebody who has no user in Identity Center.
    fileprivate var endingWithoutUser: Ending {
        if isUncertain { return .standing }
        return person == nil ? .nobody : .proven
    }

    fileprivate mutating func take(_ part: Partial) {
        userWrites += part.userWrites
        standing += part.standing
        openApplications += part.openApplications
        notes += part.notes
    }

    fileprivate mutating func take(_ marked: MarkerWriting.Result) {
        switch marked {
        case .off, .stood: break
        case .made(let access): marks.append(access)
        case .failed(let failed):
            standing.append(failed)
            notes.append("the mark of the departure could not be made in Identity Center: \(failed.error)")
        }
        if recordedAt == nil, case .made(let access) = marked { recordedAt = access.at }
    }
}

/// Makes the marker group of a departure (`DESIGN.md`, Departures 2).
struct MarkerWriting: Sendable {
    enum Result: Sendable {
        /// The configuration wants none.
        case off
        /// A mark of this person was there already.
        case stood
        case made(WithdrawnAccess)
        case failed(StandingAccess)
    }

    private let environment: RunEnvironment

    init(_ environment: RunEnvironment) { self.environment = environment }

    func make(_ departure: Departure) async -> Result {
        guard environment.departures.makesMarker else { return .off }
        let result = await write(departure)
        if case .failed = result { return result }
        await MarkedDepartures(environment.ledger).add(departure)
        return result
    }

    private func write(_ departure: Departure) async -> Result {
        let name = DepartureMarker.name(for: departure.identifiers)
        let text = DepartureMarker.description(of: departure, owner: environment.settings.owner)
        let write = Write.createGroup(displayName: name, description: text)
        do throws(UpstreamError) {
            let receipt = try await environment.target.perform(write)
            return .made(WithdrawnAccess(write: write, receipt: receipt, at: environment.clock()))
        } catch {
            // One that is there already was made at another time, perhaps by another bridge: it holds as well.
            if error.kind == .conflict, let known = try? await environment.target.group(named: name),
                let marker = DepartureMarker(known)
            {
                return await keep(known, marker, departure, text)
            }
            return .failed(StandingAccess(write: write, error: error))
        }
    }

    /// A mark of what was found at a source becomes one of a request: else the source would end it.
    private func keep(
        _ group: TargetGroup,
        _ marker: DepartureMarker,
        _ departure: Departure,
        _ text: String
    ) async -> Result {
        guard marker.isFound, departure.origin == .requested else { return .stood }
        let write = Write.updateGroup(group.id, displayName: nil, description: text, revision: group.revision)
        do throws(UpstreamError) {
            _ = try await environment.target.perform(write)
            return .stood
        } catch {
            return .failed(StandingAccess(write: write, error: error))
        }
    }
}
