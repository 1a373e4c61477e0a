"""The closed vocabularies of events: slugs are the domain's own (Vietnamese, without diacritics).

Source: the domain's facts in `docs/architecture.md`; legal kinds after Luật Tố cáo 25/2018, Luật Khiếu nại
02/2011 and NĐ 20/2008.
"""

from typing import Literal, get_args

Purpose = Literal["request", "observation"]
Channel = Literal[
    "web", "zalo", "hotline", "sms", "email", "in_person", "collaborator", "bulk", "api", "open311"
]
Organisation = Literal["mttq", "cong_doan", "nong_dan", "thanh_nien", "phu_nu", "cuu_chien_binh"]
Group = Literal[
    "nhan_dan",
    "nong_dan",
    "cong_nhan",
    "tieu_thuong",
    "doanh_nghiep",
    "can_bo_cong_chuc",
    "hoc_sinh_sinh_vien",
    "thanh_nien",
    "phu_nu",
    "nguoi_cao_tuoi",
    "cuu_chien_binh",
    "ton_giao",
    "dan_toc_thieu_so",
    "khac",
]
"""Whose mood an observation tells; nhan_dan is residents at large."""
Stance = Literal["tan_thanh", "phan_doi", "ban_khoan"]
Breadth = Literal["tuyet_dai_da_so", "da_so", "nhieu", "mot_so"]
LegalKind = Literal[
    "phan_anh",
    "kien_nghi",
    "khieu_nai",
    "to_cao",
    "thong_tin_to_cao",
    "hoi_dap",
    "gop_y",
    "khen",
]
Category = Literal[
    "dat-dai",
    "moi-truong",
    "rac-thai",
    "giao-thong-ha-tang",
    "an-toan-giao-thong",
    "thoat-nuoc-ngap-ung",
    "dien-chieu-sang",
    "nuoc-sach",
    "xay-dung-trat-tu-do-thi",
    "cay-xanh-cong-cong",
    "vien-thong-cds",
    "nong-nghiep-thuy-loi",
    "an-ninh-trat-tu",
    "pccc-cuu-nan",
    "an-sinh-xa-hoi",
    "nguoi-co-cong",
    "lao-dong-bhxh",
    "y-te-attp",
    "giao-duc",
    "tre-em-bao-luc-gd",
    "van-hoa-ton-giao-dan-toc",
    "tthc-thai-do-can-bo",
    "tham-nhung-tieu-cuc",
    "dau-tu-cong-dong-gop",
    "kinh-doanh-gia-ca",
    "to-chuc-bo-may",
    "xay-dung-dang-chinh-quyen",
    "khac",
]
Level = Literal["hamlet", "commune", "province"]
Flag = Literal["dong_nguoi", "phuc_tap", "keo_dai", "vuot_cap", "diem_nong", "ton_giao_dan_toc"]
CaseState = Literal[
    "triage",
    "opened",
    "noted",
    "spam",
    "forwarded",
    "accepted",
    "returned",
    "suspended",
    "answered",
    "told",
    "disputed",
    "linked",
    "closed",
    "withdrawn",
]
"""triage: a person must place it; opened: with its owners, waiting to be taken up; noted: an observation,
counted and read, with nobody to resolve it; spam: empty or no report at all, which a person can undo;
forwarded: passed on to the body that must settle it; accepted: that body has taken it up; returned: it says
that it is not competent; suspended: its clock is paused; answered: settled, the reporter not told yet; told:
the reporter knows the answer and may object; disputed: the reporter objected, one level up must look; linked:
it goes with the leading case of its incident; closed: done; withdrawn: taken back by its reporter."""
ENDED_STATES: tuple[CaseState, ...] = ("noted", "spam", "answered", "told", "linked", "closed", "withdrawn")
"""Nobody owes a settlement any more (or somebody else's case carries it): no clock of settlement runs."""
Outcome = Literal["settled", "partly", "explained", "refused", "not_competent"]
"""How a case was answered. settled: done as asked; partly: done in part; explained: the question answered or
the way shown; refused: not granted, for the reason that the law gives; not_competent: no body of the province
is competent, and the reporter was told who is."""
Verdict = Literal["agree", "object"]
"""What a reporter says to the answer."""
TimeFlag = Literal["future_dated", "before_2024"]
Severity = Literal[0, 1, 2, 3]

CATEGORIES: tuple[str, ...] = get_args(Category)
LEGAL_KINDS: tuple[str, ...] = get_args(LegalKind)
GROUPS: tuple[str, ...] = get_args(Group)
STANCES: tuple[str, ...] = get_args(Stance)
BREADTHS: tuple[str, ...] = get_args(Breadth)
