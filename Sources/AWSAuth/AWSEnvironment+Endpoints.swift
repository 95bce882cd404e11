internal import HTTP

extension AWSEnvironment {
    /// Where a service is asked.
    ///
    /// Highest first: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's services section, the profile's
    /// `endpoint_url`, and the service's own host by region, FIPS and dual stack. With
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true` the last alone counts.
    ///
    /// - Parameter region: the region; without one, that of the environment.
    /// - Throws: `misconfigured` without a region, and for an override that is no URL or is plain http to another host
    ///   than this machine.
    public func endpoint(_ service: AWSService, region given: String? = nil) throws(AWSAuthError) -> AWSEndpoint {
        let region = try checkedRegion(given ?? region, for: service)
        var hosts = AWSHosts(
            region: region,
            isFIPS: isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            isDualStack: isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
        )
        let regional = variable("AWS_STS_REGIONAL_ENDPOINTS") ?? profile["sts_regional_endpoints"]
        hosts.usesGlobalSTS = regional?.lowercased() == "legacy"
        let own = hosts.endpoint(service)
        guard let (text, origin) = try override(service) else { return own }
        return AWSEndpoint(
            url: try checkedURL(text, origin: origin, service: service),
            signingRegion: service == .iam || service == .organizations ? own.signingRegion : region,
            override: origin
        )
    }

    private func override(_ service: AWSService) throws(AWSAuthError) -> (url: String, origin: String)? {
        if isOn("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") { return nil }
        for name in ["AWS_ENDPOINT_URL_\(service.endpointID)", "AWS_ENDPOINT_URL"] {
            if let url = variable(name) { return (url, name) }
        }
        if let section = profile["services"] {
            guard let services = shared.services[section] else {
                throw AWSAuthError(
                    .misconfigured,
                    service: "aws-config",
                    object: configPath,
                    message: "profile '\(profileName)' names the services section '\(section)', which is not there",
                    advice: "add [services \(section)], or take 'services' out of the profile"
                )
            }
            if let url = services.nested(service.endpointID.lowercased(), "endpoint_url") {
                return (url, "endpoint_url of [services \(section)] in \(configPath)")
            }
        }
        return profile["endpoint_url"].map { ($0, "endpoint_url of profile '\(profileName)' in \(configPath)") }
    }

    private func checkedURL(_ text: String, origin: String, service: AWSService) throws(AWSAuthError) -> String {
        guard let url = HTTPURL(text), url.query == nil else {
            throw AWSAuthError(
                .misconfigured,
                service: service.name,
                message: "\(origin) is not an http or https URL of scheme, host, port and path",
                advice: "give it as https://HOST, or take it out"
            )
        }
        guard url.isSecure || isLoopback(host: url.host) else {
            throw AWSAuthError(
                .misconfigured,
                service: service.name,
                message: "\(origin) is plain http to \(url.host): keys and names would go over the network readable",
                advice: "use https; plain http is taken for this machine (127.0.0.1, ::1, localhost) only"
            )
        }
        return url.base
    }

    /// A region becomes a part of host names, so it has to look like one.
    private func checkedRegion(_ region: String?, for service: AWSService) throws(AWSAuthError) -> String {
        guard let region else {
            throw AWSAuthError(
                .misconfigured,
                service: service.name,
                message: "no region is known",
                advice: "set AWS_REGION, or 'region' in profile '\(profileName)' of \(configPath)"
            )
        }
        let isLabel = region.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isLabel, !region.isEmpty, region.utf8.count < 64 else {
            throw AWSAuthError(
                .misconfigured,
                service: service.name,
                message: "the region is not one: small letters, digits and hyphens are expected",
                advice: "check AWS_REGION, AWS_DEFAULT_REGION and 'region' of profile '\(profileName)'"
            )
        }
        return region
    }
}
