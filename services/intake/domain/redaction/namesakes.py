"""Communes, roads and schools named after people of history: no resident, unless a title says so.

Source: the names of communes before and after 2025-07-01 that begin with a surname, and the names that
roads and schools of Bắc Ninh bear.
"""

from typing import Final

from services.intake.domain.redaction.lexicon import phrases
from services.intake.domain.redaction.view import fold

_AS_WRITTEN: Final = phrases(
    "bùi hữu nghĩa, bùi la nhân, bùi thị xuân, chu văn an, dương minh châu, hoàng hoa thám",
    "hoàng quốc việt, hoàng su phì, hoàng thu phố, hoàng vân, hoàng văn thái, hoàng văn thụ",
    "huỳnh hữu nghĩa, hồ thị kỷ, hồ tùng mậu, lê hồng phong, lê lợi, lê minh xuân, lê quý đôn",
    "lê thanh nghị, lê thái tổ, lê thánh tông, lê văn duyệt, lê văn thịnh, lê ích mộc, lê đại hành",
    "lý thái tổ, lý thường kiệt, lý văn lâm, lương văn tri, na cô sa, nguyễn an ninh",
    "nguyễn bỉnh khiêm, nguyễn cao, nguyễn công trứ, nguyễn cư trinh, nguyễn du, nguyễn huệ",
    "nguyễn lương bằng, nguyễn thái bình, nguyễn thái học, nguyễn thị lưu, nguyễn thị minh khai",
    "nguyễn trãi, nguyễn viết xuân, nguyễn việt khái, nguyễn văn cừ, nguyễn văn linh",
    "nguyễn văn thảnh, nguyễn văn trỗi, nguyễn đăng đạo, nguyễn đại năng, ngô gia tự, ngô quyền",
    "phan bội châu, phan chu trinh, phan ngọc hiển, phan rí cửa, phan rí thành, phan si păng",
    "phan sào nam, phan đình phùng, phạm hồng thái, phạm ngũ lão, phạm sư mạnh, phạm văn cội",
    "phạm văn hai, phạm văn đồng, phạm đình hổ, thân nhân trung, trần hưng đạo, trần nguyên hãn",
    "trần nhân tông, trần phú, trần quang diệu, trần quang khải, trần quốc toản, trần thành ngọ",
    "trần thủ độ, trần văn thời, tả van chư, tảo dương văn, võ nguyên giáp, võ thị sáu, võ văn kiệt",
    "đinh tiên hoàng, đinh văn, đinh văn lâm hà, đặng thùy trâm",
)
_PLAIN: Final = frozenset(map(fold, _AS_WRITTEN))


def is_namesake(name: str) -> bool:
    """Whether `name`, in lower case, with its diacritics or without any, is one of them."""
    return name in (_PLAIN if name.isascii() else _AS_WRITTEN)
