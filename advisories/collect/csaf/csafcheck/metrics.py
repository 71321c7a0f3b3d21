"""The words that a CVSS object has for what its vector has in letters, after FIRST's JSON schemas."""

from __future__ import annotations

# By version: metric, property, and letter=word for its values.
_TABLES = {
    "2.0": """
        AV accessVector                L=LOCAL A=ADJACENT_NETWORK N=NETWORK
        AC accessComplexity            H=HIGH M=MEDIUM L=LOW
        Au authentication              M=MULTIPLE S=SINGLE N=NONE
        C  confidentialityImpact       N=NONE P=PARTIAL C=COMPLETE
        I  integrityImpact             N=NONE P=PARTIAL C=COMPLETE
        A  availabilityImpact          N=NONE P=PARTIAL C=COMPLETE
        E  exploitability              U=UNPROVEN POC=PROOF_OF_CONCEPT F=FUNCTIONAL H=HIGH ND=NOT_DEFINED
        RL remediationLevel            OF=OFFICIAL_FIX TF=TEMPORARY_FIX W=WORKAROUND U=UNAVAILABLE ND=NOT_DEFINED
        RC reportConfidence            UC=UNCONFIRMED UR=UNCORROBORATED C=CONFIRMED ND=NOT_DEFINED
        CDP collateralDamagePotential  N=NONE L=LOW LM=LOW_MEDIUM MH=MEDIUM_HIGH H=HIGH ND=NOT_DEFINED
        TD targetDistribution          N=NONE L=LOW M=MEDIUM H=HIGH ND=NOT_DEFINED
        CR confidentialityRequirement  L=LOW M=MEDIUM H=HIGH ND=NOT_DEFINED
        IR integrityRequirement        L=LOW M=MEDIUM H=HIGH ND=NOT_DEFINED
        AR availabilityRequirement     L=LOW M=MEDIUM H=HIGH ND=NOT_DEFINED
    """,
    "3": """
        AV attackVector                N=NETWORK A=ADJACENT_NETWORK L=LOCAL P=PHYSICAL
        AC attackComplexity            L=LOW H=HIGH
        PR privilegesRequired          N=NONE L=LOW H=HIGH
        UI userInteraction             N=NONE R=REQUIRED
        S  scope                       U=UNCHANGED C=CHANGED
        C  confidentialityImpact       N=NONE L=LOW H=HIGH
        I  integrityImpact             N=NONE L=LOW H=HIGH
        A  availabilityImpact          N=NONE L=LOW H=HIGH
        E  exploitCodeMaturity         X=NOT_DEFINED U=UNPROVEN P=PROOF_OF_CONCEPT F=FUNCTIONAL H=HIGH
        RL remediationLevel            X=NOT_DEFINED O=OFFICIAL_FIX T=TEMPORARY_FIX W=WORKAROUND U=UNAVAILABLE
        RC reportConfidence            X=NOT_DEFINED U=UNKNOWN R=REASONABLE C=CONFIRMED
        CR confidentialityRequirement  X=NOT_DEFINED L=LOW M=MEDIUM H=HIGH
        IR integrityRequirement        X=NOT_DEFINED L=LOW M=MEDIUM H=HIGH
        AR availabilityRequirement     X=NOT_DEFINED L=LOW M=MEDIUM H=HIGH
        MAV modifiedAttackVector           X=NOT_DEFINED N=NETWORK A=ADJACENT_NETWORK L=LOCAL P=PHYSICAL
        MAC modifiedAttackComplexity       X=NOT_DEFINED L=LOW H=HIGH
        MPR modifiedPrivilegesRequired     X=NOT_DEFINED N=NONE L=LOW H=HIGH
        MUI modifiedUserInteraction        X=NOT_DEFINED N=NONE R=REQUIRED
        MS  modifiedScope                  X=NOT_DEFINED U=UNCHANGED C=CHANGED
        MC  modifiedConfidentialityImpact  X=NOT_DEFINED N=NONE L=LOW H=HIGH
        MI  modifiedIntegrityImpact        X=NOT_DEFINED N=NONE L=LOW H=HIGH
        MA  modifiedAvailabilityImpact     X=NOT_DEFINED N=NONE L=LOW H=HIGH
    """,
    "4.0": """
        AV attackVector                N=NETWORK A=ADJACENT L=LOCAL P=PHYSICAL
        AC attackComplexity            L=LOW H=HIGH
        AT attackRequirements          N=NONE P=PRESENT
        PR privilegesRequired          N=NONE L=LOW H=HIGH
        UI userInteraction             N=NONE P=PASSIVE A=ACTIVE
        VC vulnConfidentialityImpact   N=NONE L=LOW H=HIGH
        VI vulnIntegrityImpact         N=NONE L=LOW H=HIGH
        VA vulnAvailabilityImpact      N=NONE L=LOW H=HIGH
        SC subConfidentialityImpact    N=NONE L=LOW H=HIGH
        SI subIntegrityImpact          N=NONE L=LOW H=HIGH
        SA subAvailabilityImpact       N=NONE L=LOW H=HIGH
        E  exploitMaturity             X=NOT_DEFINED A=ATTACKED P=PROOF_OF_CONCEPT U=UNREPORTED
        CR confidentialityRequirement  X=NOT_DEFINED L=LOW M=MEDIUM H=HIGH
        IR integrityRequirement        X=NOT_DEFINED L=LOW M=MEDIUM H=HIGH
        AR availabilityRequirement     X=NOT_DEFINED L=LOW M=MEDIUM H=HIGH
        MAV modifiedAttackVector               X=NOT_DEFINED N=NETWORK A=ADJACENT L=LOCAL P=PHYSICAL
        MAC modifiedAttackComplexity           X=NOT_DEFINED L=LOW H=HIGH
        MAT modifiedAttackRequirements         X=NOT_DEFINED N=NONE P=PRESENT
        MPR modifiedPrivilegesRequired         X=NOT_DEFINED N=NONE L=LOW H=HIGH
        MUI modifiedUserInteraction            X=NOT_DEFINED N=NONE P=PASSIVE A=ACTIVE
        MVC modifiedVulnConfidentialityImpact  X=NOT_DEFINED N=NONE L=LOW H=HIGH
        MVI modifiedVulnIntegrityImpact        X=NOT_DEFINED N=NONE L=LOW H=HIGH
        MVA modifiedVulnAvailabilityImpact     X=NOT_DEFINED N=NONE L=LOW H=HIGH
        MSC modifiedSubConfidentialityImpact   X=NOT_DEFINED N=NEGLIGIBLE L=LOW H=HIGH
        MSI modifiedSubIntegrityImpact         X=NOT_DEFINED N=NEGLIGIBLE L=LOW H=HIGH S=SAFETY
        MSA modifiedSubAvailabilityImpact      X=NOT_DEFINED N=NEGLIGIBLE L=LOW H=HIGH S=SAFETY
        S  Safety                      X=NOT_DEFINED N=NEGLIGIBLE P=PRESENT
        AU Automatable                 X=NOT_DEFINED N=NO Y=YES
        R  Recovery                    X=NOT_DEFINED A=AUTOMATIC U=USER I=IRRECOVERABLE
        V  valueDensity                X=NOT_DEFINED D=DIFFUSE C=CONCENTRATED
        RE vulnerabilityResponseEffort X=NOT_DEFINED L=LOW M=MODERATE H=HIGH
        U  providerUrgency             X=NOT_DEFINED Clear=CLEAR Green=GREEN Amber=AMBER Red=RED
    """,
}

Words = dict[str, tuple[str, dict[str, str]]]


def _read(table: str) -> Words:
    """Metric -> its property, and letter -> word."""
    rows = (row.split() for row in table.strip().splitlines())
    return {metric: (name, dict(value.split("=") for value in values)) for metric, name, *values in rows}


_THREE = _read(_TABLES["3"])
WORDS: dict[str, Words] = {"2.0": _read(_TABLES["2.0"]), "3.0": _THREE, "3.1": _THREE, "4.0": _read(_TABLES["4.0"])}
