public import Model

/// How people are taken out, whatever the command; `departures` and `serve` of the configuration.
public struct DepartureSettings: Sendable {
    /// Whether a run that began before a departure may still have a write in flight.
    public enum InFlight: Hashable, Sendable {
        /// None can.
        case nothing
        /// One may.
        case perhaps
        /// That cannot be told, and waiting does not help.
        case unknown
    }

    /// At most so many people are taken out in `perSeconds`, but for a single one named by a person.
    public var people = 5
    /// The time that `people` counts over.
    public var perSeconds: Int64 = 86_400
    /// Whether a marker group is made in Identity Center for each departure.
    public var makesMarker = true
    /// Asks the run lock; given the latest run that may not have seen the departure, or nil where that is not known.
    public var inFlight: @Sendable (Int64?) -> InFlight = { _ in .nothing }
    /// Waits so many seconds between two looks; returns early when the run is told to stop.
    public var pause: @Sendable (Double) async -> Void = { _ in }

    /// The defaults.
    public init() {}
}

/// What is asked of one offboarding.
public struct OffboardOptions: Sendable {
    /// Why, in the words of the person who asked.
    public var reason: String?
    /// Whether the user is deleted after all else.
    public var deletesUser = false
    /// Whether protected people are taken out too.
    public var evenProtected = false
    /// Whether it ends only when no write of a run that began before can be in flight.
    public var waits = true
    /// Whether the people count for `departures.people`.
    public var counts = true
    /// Whether one name that fits two people stops all.
    public var refusesAmbiguous = false
    /// The fingerprint of people that a person allowed beyond `departures.people`.
    public var allowed: String?
    /// Whether a person allowed all of these people, by a fingerprint that covers others too.
    var isAllowed = false
    /// How the departures come to be.
    public var origin: Departure.Origin = .requested

    /// The defaults.
    public init() {}
}
