"""Order exports of Chinese shop back offices."""

from __future__ import annotations

from tests.golden.header_sets.table import HeaderSet

SETS = (
    HeaderSet("淘宝 订单报表", "lines", "TBTool on GitHub (ExportOrderList)", """
        订单编号 =order_id | 买家会员名 =customer_id ~nick | 买家支付宝账号 ~email | 买家应付货款 | 买家应付邮费 |
        买家支付积分 | 总金额 | 返点积分 | 买家实际支付金额 =amount | 买家实际支付积分 | 订单状态 =status | 买家留言 |
        收货人姓名 =customer_name | 收货地址 | 运送方式 | 联系电话 ~empty | 联系手机 =phone |
        订单创建时间 =ordered_at | 订单付款时间 | 宝贝标题 =product | 宝贝种类 ~few | 物流单号 | 物流公司 | 订单备注 |
        宝贝总数量 =quantity | 店铺Id ~few | 店铺名称 =store | 订单关闭原因 | 卖家服务费 | 买家服务费 |
        发票抬头 ~empty | 是否手机订单 | 分阶段订单信息 ~empty | 特权订金订单id ~empty | 定金排名 ~empty |
        修改后的sku ~empty | 修改后的收货地址 ~empty | 异常信息 ~empty | 天猫卡券抵扣 ~empty | 集分宝抵扣 ~empty |
        是否是O2O交易 ~yesno | 退款金额 =refund_amount | 预约门店 ~empty"""),
    HeaderSet("千牛 宝贝报表（旧）", "lines", "ExportOrderDetailList scripts on GitHub", """
        订单编号 =order_id | 标题 =product | 价格 =unit_price | 购买数量 =quantity | 外部系统编号 ~code | 商品属性 |
        套餐信息 ~empty | 备注 | 订单状态 =status | 商家编码 =product_id"""),
    HeaderSet("千牛 宝贝报表（新）", "lines", "seller documentation, 2023 layout", """
        子订单编号 | 主订单编号 =order_id | 商品标题 =product | 商品价格 =unit_price | 购买数量 =quantity |
        外部系统编号 ~code | 商品属性 | 套餐信息 ~empty | 联系方式备注 ~empty | 订单状态 =status |
        商家编码 =product_id | 支付单号 ~order | 买家应付货款 | 买家实际支付金额 =amount | 退款状态 |
        退款金额 =refund_amount | 订单创建时间 =ordered_at | 订单付款时间 | 商品ID =product_id | 备注标签 | 商家备注 |
        主订单买家留言 | 发货时间 | 物流单号 | 物流公司"""),
    HeaderSet("京东 POP 订单", "lines", "SaleJdOrderLineInfo on GitHub", """
        订单号 =order_id | 商品ID =product_id | 商品名称 =product | 订购数量 =quantity | 支付方式 |
        下单时间 =ordered_at | 京东价 =unit_price | 订单金额 | 结算金额 =amount | 余额支付 ~some_money |
        应付金额 =amount | 订单状态 =status | 订单类型 | 下单帐号 =customer_id ~nick | 客户姓名 =customer_name |
        客户地址 | 联系电话 =phone | 订单备注 | 发票类型 | 发票抬头 ~label | 发票内容 ~label | 商家备注 |
        商家备注等级（等级1-5为由高到低） ~empty | 运费金额 | 付款确认时间 | 增值税发票 ~empty | 货号 ~code |
        订单完成时间 | 订单来源 =channel | 订单渠道 =channel"""),
    HeaderSet("拼多多 订单", "lines", "several scripts on GitHub", """
        商品 =product | 订单号 =order_id | 订单状态 =status | 商品总价(元) | 店铺优惠折扣(元) =discount |
        平台优惠折扣(元) =discount | 邮费(元) | 上门安装费(元) ~empty | 送货入户费(元) ~empty |
        送货入户并安装费(元) ~empty | 用户实付金额(元) =amount | 商家实收金额(元) =amount | 商品数量(件) =quantity |
        身份证姓名 ~empty | 身份证号码 ~empty | 收货人 =customer_name | 手机 =customer_id,phone ~phone | 是否异常 |
        省 =region | 市 =city | 区 | 街道 | 支付时间 =ordered_at | 拼单成功时间 | 订单确认时间 | 承诺发货时间 |
        发货时间 | 确认收货时间 | 商品id =product_id | 商品规格 | 用户购买手机号 =customer_id,phone ~phone | 样式ID |
        商家编码-SKU维度 =product_id | 商家编码-商品维度 =product_id | 快递单号 | 快递公司 | 海淘清关订单号 ~empty |
        支付ID ~uuid | 支付方式 | 是否抽奖或0元试用 | 是否顺丰加价 | 商家备注 | 售后状态 | 买家留言 |
        仓库名称 ~label | 是否门店自提 | 门店名称 =store | 门店自定义编码"""),
    HeaderSet("拼多多 订单（新，无个人信息）", "lines", "is_pdd_order_headers scripts on GitHub", """
        商品 =product | 订单号 =order_id | 订单状态 =status | 商品总价(元) | 店铺优惠折扣(元) =discount |
        平台优惠折扣(元) =discount | 邮费(元) | 用户实付金额(元) =amount | 商家实收金额(元) =amount |
        商品数量(件) =quantity | 发货时间 | 确认收货时间 | 商品id =product_id | 商品规格 | 样式ID |
        商家编码-规格维度 =product_id | 商家编码-商品维度 =product_id | 快递单号 | 快递公司 |
        订单成交时间 =ordered_at | 支付时间 =ordered_at | 售后状态 | 商家备注 | 是否百补 | 资源位类型"""),
    HeaderSet("有赞 订单", "lines", "a bakery's import test on GitHub, all columns", """
        订单号 =order_id | 销售渠道 =channel | 归属店铺 =store | 订单类型 | 订单状态 =status | 推广方式 |
        订单来源 =channel | 订单创建时间 =ordered_at | 买家付款时间 | 交易成功时间 | 付款方式 | 支付流水号 |
        商品金额合计 | 运费 | 店铺优惠合计 =discount | 应收订单金额 | 订单实付金额 =amount | 支付优惠合计 |
        订单实收金额 =amount | 订单抵用积分数 | 店铺优惠方式 | 支付优惠方式 | 全部商品名称 =product | 商品种类数 |
        订单配送方式 | 同城送达时间/提货时间 | 收货人省份 =region | 收货人城市 =city | 收货人地区 |
        详细收货地址/提货地址 | 收货人/提货人 =customer_name | 收货人手机号/提货人手机号 =phone,customer_id |
        买家备注 | 订单星级 ~stars | 买家昵称 =customer_id ~nick | 买家是否会员 ~yesno |
        买家手机号 =phone,customer_id ~phone | 下单网点 | 收银员 | 分销员 | 销售导购 ~name | 专属导购 ~name |
        订单退款状态 | 订单已退款金额 =refund_amount | 商家订单备注 | 桌号 ~empty | 挂账主体 ~empty |
        挂账手机号 ~empty | 团长订单 ~yesno | 订单风险标签 ~empty | 分销员手机号 ~phone | 分销员所属店铺 ~label |
        分销员等级 | 订单佣金类型 | 订单佣金金额 | 订单下级卖货提成金额"""),
    HeaderSet("抖店 订单", "lines", "ec_douyin scripts on GitHub", """
        主订单编号 =order_id | 子订单编号 | 选购商品 =product | 商品规格 | 商品数量 =quantity | 商品ID =product_id |
        商家编码 =product_id | 商品金额 | 订单应付金额 =amount | 运费 | 优惠总金额 =discount ~some_money |
        平台优惠 =discount ~some_money | 商家优惠 =discount ~some_money | 达人优惠 =discount ~some_money |
        收件人 =customer_name,customer_id | 收件人手机号 =phone,customer_id | 省 =region | 市 =city | 区 | 街道 |
        详细地址 | 买家留言 | 旗帜颜色 | 商家备注 | 订单完成时间 | 订单提交时间 =ordered_at | 支付完成时间 |
        App渠道 =channel | 流量来源 =channel ~label | 订单状态 =status | 承诺发货时间 | 订单类型 | 达人ID ~code |
        达人昵称 ~label | 售后状态 | 取消原因 | 预约发货时间 | 仓库名称 ~label | 是否安心购 | 广告渠道 =channel |
        流量类型 | 流量体裁 ~label"""),
    HeaderSet("快手小店 订单", "lines", "seller centre export, field list of its open API", """
        订单编号 =order_id | 订单创建时间 =ordered_at | 订单支付时间 | 订单状态 =status | 实付款 =amount |
        快递费 ~money | 商品名称 =product | 商品ID =product_id | 商品规格 | SKU编码 =product_id |
        商品单价 =unit_price | 成交数量 =quantity | 订单优惠金额 =discount | 收货人姓名 =customer_name |
        收货人电话 =phone,customer_id | 收货地址 | 买家昵称 =customer_id ~nick | 买家留言 | 订单备注 | 快递公司 |
        快递单号 | 发货时间 | 售后状态 | 退款金额 =refund_amount | CPS达人ID ~code | CPS达人昵称 ~label |
        订单渠道 =channel"""),
    HeaderSet("微店 订单", "lines", "seller export, help pages", """
        订单编号 =order_id | 订单状态 =status | 订单类型 | 下单时间 =ordered_at | 付款时间 | 商品名称 =product |
        商品型号 | 商品编码 =product_id | 型号编码 | 商品单价 =unit_price | 商品数量 =quantity | 商品总件数 ~few |
        商品金额 | 运费 | 优惠金额 =discount | 订单实付金额 =amount | 退款金额 =refund_amount |
        收件人 =customer_name | 收件人电话 =customer_id,phone | 省 =region | 市 =city | 区 | 收货地址 | 买家备注 |
        卖家备注 | 物流公司 | 物流单号 | 发货时间 | 推广员 ~name"""),
    HeaderSet("小红书 千帆订单", "lines", "a sales import script on GitHub", """
        订单号 =order_id | 包裹号 ~code | 订单状态 =status | 售后状态 | 用户下单时间 =ordered_at | 用户支付时间 |
        承诺发货时间 | SKU名称 =product ~goods | 规格ID ~code | 规格名称 ~label | 小红书编码 ~code |
        商家编码 =product_id | SKU件数 =quantity | 商品总价(元) | 商家优惠(元) =discount | 平台优惠(元) =discount |
        运费(元) | 商家应收金额(元)(支付金额) =amount | 收件人姓名 =customer_name | 收件人电话 =customer_id,phone |
        省 =region | 市 =city | 区 | 街道 | 详细地址 | 买家留言 | 商家备注 | 快递公司 | 快递单号 | 达人ID ~code |
        达人昵称 ~label | 渠道 =channel"""),
    HeaderSet("1688 卖家订单", "lines", "Ali1688HistoricalOrderExcelHeaderContract on GitHub", """
        订单编号 =order_id | 买家公司名 ~label | 买家会员名 =customer_id ~nick | 卖家公司名 | 卖家会员名 ~label |
        货品总价(元) | 运费(元) | 涨价或折扣(元) =discount | 实付款(元) =amount | 订单状态 =status |
        订单创建时间 =ordered_at | 订单付款时间 | 发货方 ~label | 收货人姓名 =customer_name | 收货地址 | 邮编 ~code |
        联系电话 ~empty | 联系手机 =phone | 货品标题 =product | 单价(元) =unit_price | 数量 =quantity | 单位 ~label |
        货号 =product_id | 型号 ~label | Offer ID ~code | SKU ID =product_id | 物料编号 ~empty | 单品货号 ~empty |
        货品种类 ~few | 买家留言 | 物流公司运单号 ~code"""),
    HeaderSet("美团外卖 订单", "lines", "merchant centre bill, help pages", """
        日期 ~day | 门店名称 =store | 门店ID ~code | 订单编号 =order_id | 订单流水号 ~count | 下单时间 =ordered_at |
        完成时间 | 订单状态 =status | 菜品信息 =product ~goods | 商品原价 | 餐盒费 | 配送费 | 活动优惠总额 =discount |
        商家承担优惠 =discount | 平台承担优惠 | 用户实付金额 =amount | 佣金 ~money | 商家应收款 =amount |
        收货人 =customer_name | 顾客电话 =customer_id,phone ~phone | 是否新客 | 备注"""),
    HeaderSet("饿了么 账单", "lines", "merchant bill, help pages", """
        门店ID ~code | 门店名称 =store | 订单号 =order_id | 饿了么订单号 =order_id ~order | 下单时间 =ordered_at |
        订单完成时间 | 订单状态 =status | 菜品总价 | 打包费 | 配送费 | 商户活动补贴 ~some_money |
        平台补贴 ~some_money | 平台服务费 | 用户实付 =amount ~money | 商户应结算金额 | 用户ID =customer_id"""),
    HeaderSet("微盟 订单", "lines", "merchant export, help pages", """
        订单编号 =order_id | 订单状态 =status | 下单门店 =store | 下单时间 =ordered_at | 付款时间 |
        客户ID =customer_id | 客户昵称 ~nick | 客户手机号 =phone | 商品名称 =product | 商品编码 =product_id |
        规格 ~label | 商品单价 =unit_price | 商品数量 =quantity | 商品总额 | 优惠金额 =discount | 运费 |
        实付金额 =amount | 支付方式 | 退款金额 =refund_amount | 收货人 =customer_name | 收货人手机 ~phone | 收货地址 |
        配送方式 | 渠道来源 =channel | 导购员 ~name"""),
)  # fmt: skip
