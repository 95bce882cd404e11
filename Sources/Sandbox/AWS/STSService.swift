/// The Security Token Service: who calls, and roles.
///
/// Source: the STS API reference, version 2011-06-15.
struct STSService: AWSQueryService {
    let name = "sts"
    let version = "2011-06-15"

    func isSigned(_ action: String) -> Bool { action != "AssumeRoleWithWebIdentity" }

    func respond(_ call: Call, _ form: Form, _ state: inout SandboxState) throws(Refusal) -> String {
        switch call.operation {
        case "GetCallerIdentity": return try callerIdentity(state)
        case "AssumeRole": return try assumeRole(form, &state)
        case "AssumeRoleWithWebIdentity": return try assumeRoleWithWebIdentity(form, &state)
        default: throw Refusal("InvalidAction", "Could not find operation \(call.operation) for version \(version)")
        }
    }

    private func callerIdentity(_ state: SandboxState) throws(Refusal) -> String {
        guard let caller = state.caller else { throw Refusal("AccessDenied", "No caller.", status: 403) }
        let id = "AIDA" + Identifier.digest("principal", caller.principal).prefix(17).uppercased()
        return
            "<Arn>\(XMLText.escape(caller.principal))</Arn><UserId>\(id)</UserId><Account>\(caller.account)</Account>"
    }

    private func assumeRole(_ form: Form, _ state: inout SandboxState) throws(Refusal) -> String {
        let arn = try form.text("RoleArn", 20...2048)
        let session = try sessionName(form)
        let caller = state.caller?.principal ?? ""
        guard let role = state.world.access.roles.first(where: { $0.arn == arn }),
            role.externalID == form.optional("ExternalId")
        else {
            throw Refusal(
                "AccessDenied",
                "User: \(caller) is not authorized to perform: sts:AssumeRole on resource: \(arn)",
                status: 403
            )
        }
        return try grant(role, session, form, &state)
    }

    private func assumeRoleWithWebIdentity(_ form: Form, _ state: inout SandboxState) throws(Refusal) -> String {
        let arn = try form.text("RoleArn", 20...2048)
        let session = try sessionName(form)
        let token = try form.text("WebIdentityToken", 4...20_000)
        guard state.world.access.webIdentityTokens.contains(token) else {
            throw Refusal("InvalidIdentityToken", "The web identity token is not one of a known provider.")
        }
        guard let role = state.world.access.roles.first(where: { $0.arn == arn }), role.trustsWebIdentity else {
            throw Refusal(
                "AccessDenied",
                "Not authorized to perform sts:AssumeRoleWithWebIdentity",
                status: 403
            )
        }
        return try "<SubjectFromWebIdentityToken>sandbox</SubjectFromWebIdentityToken>"
            + grant(role, session, form, &state)
    }

    private func sessionName(_ form: Form) throws(Refusal) -> String {
        let name = try form.text("RoleSessionName", 2...64)
        guard Characters.areNames(name) else {
            throw Refusal("ValidationError", "Value '\(name)' at 'roleSessionName' failed to satisfy its pattern")
        }
        return name
    }

    private func grant(
        _ role: World.Role,
        _ sessionName: String,
        _ form: Form,
        _ state: inout SandboxState
    ) throws(Refusal) -> String {
        let seconds = try duration(form)
        guard seconds <= role.maximumSeconds else {
            throw Refusal(
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        }
        let parts = role.arn.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        let account = parts.count > 4 ? parts[4] : ""
        let roleName = role.arn.split(separator: "/").last ?? ""
        let principal = "arn:aws:sts::\(account):assumed-role/\(roleName)/\(sessionName)"
        let (id, session) = state.newSession(principal: principal, seconds: Double(seconds))
        return """
            <Credentials><AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>\(session.secret)</SecretAccessKey>\
            <SessionToken>\(session.token)</SessionToken>\
            <Expiration>\(CivilTime(secondsSince1970: session.expiresAt).rfc3339)</Expiration></Credentials>\
            <AssumedRoleUser><AssumedRoleId>AROASANDBOX0000000001:\(sessionName)</AssumedRoleId>\
            <Arn>\(XMLText.escape(principal))</Arn></AssumedRoleUser>
            """
    }

    private func duration(_ form: Form) throws(Refusal) -> Int {
        guard let text = form.optional("DurationSeconds") else { return 3600 }
        guard let seconds = Int(text), (900...43_200).contains(seconds) else {
            throw Refusal("ValidationError", "Value '\(text)' at 'durationSeconds' failed to satisfy constraint")
        }
        return seconds
    }
}

extension SandboxState {
    /// New temporary credentials, with their access key id.
    mutating func newSession(principal: String, seconds: Double) -> (id: String, session: Session) {
        let id = "ASIA" + newSecret("access key").prefix(16).uppercased()
        let session = Session(
            secret: newSecret("secret access key"),
            token: "sandbox-session/" + newSecret("session token"),
            expiresAt: (now + seconds).rounded(.down),
            principal: principal
        )
        sessions[id] = session
        return (id, session)
    }
}
