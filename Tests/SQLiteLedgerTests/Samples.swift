import Model

/// Names that directories may hold: markup, controls, other scripts, two Unicode forms of one text, a NUL.
let hostileNames = [
    "ana@example.com", "Ana@Example.com", "", "'); DROP TABLE run; --", "a\u{0}b", "\u{202E}moc.elpmaxe",
    "山田 太郎", "José", "Jose\u{301}", "line\nbreak", "?1", "%_\\\"`", "\u{FEFF}x",
]

func moment(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000 + seconds) }

func action(
    _ id: String,
    run: Int64,
    kind: ActionKind = .removeMember,
    group: String? = "platform-admins",
    user: String? = "ana@example.com",
    status: ActionRecord.Status = .done,
    at: Timestamp = moment(0),
    isAllowed: Bool = false,
    countsForBrakes: Bool = true
) -> ActionRecord {
    ActionRecord(
        run: run,
        actionID: id,
        kind: kind.rawValue,
        group: group,
        groupID: "g-1",
        user: user,
        userID: "u-1",
        account: "111122223333",
        permissionSet: "AdministratorAccess",
        status: status,
        at: at,
        requestID: "8a2c",
        message: "it's \"done\"",
        reason: "left:google:platform@example.com",
        isAllowed: isAllowed,
        countsForBrakes: countsForBrakes
    )
}

func departure(_ id: String, origin: Departure.Origin = .requested, since: Timestamp = moment(0)) -> Departure {
    Departure(
        id: id,
        since: since,
        origin: origin,
        identifiers: Departure.Identifiers(
            sourceIDs: ["2", "1", "山"],
            externalIDs: ["x"],
            userID: "906-1",
            primaryAddress: "gone@example.com",
            digests: ["d2", "d1"]
        ),
        reason: "left the company",
        settledAt: nil
    )
}

func request(_ id: String, at: Timestamp = moment(0)) -> DepartureRequest {
    DepartureRequest(
        id: id,
        users: ["gone@example.com", "zed\u{0}"],
        reason: nil,
        origin: "serve",
        flags: ["delete-user"],
        at: at
    )
}
